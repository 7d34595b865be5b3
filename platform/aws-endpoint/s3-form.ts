import { createHmac } from 'node:crypto';
import { AwsError, type AwsRequest, type AwsResponse } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { checkPolicy } from './s3-policy.ts';
import { checkSignature, checkToken, type UnverifiedRequest } from './s3-presigned.ts';
import type { S3Request } from './s3-request.ts';
import { scopeOf } from './signature-scope.ts';
import { signingKey } from './sigv4.ts';

/** A browser's upload form. */
type Form = { fields: Record<string, string>; file: Buffer; fileName: string };

/** Whether a browser's form uploads a file to a bucket. */
export const isForm = (awsRequest: AwsRequest) =>
  awsRequest.method === 'POST' &&
  (awsRequest.headers['content-type'] ?? '').startsWith('multipart/form-data');

/**
 * Reads an upload by form and verifies its policy: who signed it, until when, and every field and the size of the
 * file against its conditions (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html).
 */
export async function readForm(
  awsRequest: AwsRequest,
  credentials: CredentialRegistry,
  now: () => Date = () => new Date(),
): Promise<UnverifiedRequest> {
  const form = await parseForm(awsRequest);
  const credential = form?.fields['x-amz-credential'] ?? '';
  return {
    caller: scopeOf(credential, credentials).caller,
    verify(signer) {
      if (!form)
        throw new AwsError(
          { code: 'MalformedPOSTRequest', status: 400 },
          'The body of your POST request is not well-formed multipart/form-data.',
        );
      const { fields } = form;
      const policy = fields.policy ?? '';
      const key = signingKey(signer.secretAccessKey, credential.slice(credential.indexOf('/') + 1));
      checkSignature(createHmac('sha256', key).update(policy).digest('hex'), fields['x-amz-signature']);
      checkToken(fields['x-amz-security-token'], signer);
      const bucket = decodeURIComponent(awsRequest.path.split('/')[1] ?? '');
      checkPolicy(policy, { ...fields, bucket }, form.file.length, now());
      const request = requestFrom(form, bucket);
      return { request, toResponse: (stored) => formResponse(stored, request, awsRequest) };
    },
  };
}

/** The fields, with names in lower case as S3 compares them, and the file; undefined without a file. */
async function parseForm({ body, headers }: AwsRequest): Promise<Form | undefined> {
  const response = new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  });
  const form = await response.formData().catch(() => undefined);
  const fields: Record<string, string> = {};
  let file: File | undefined;
  for (const [name, value] of form ?? [])
    if (typeof value === 'string') fields[name.toLowerCase()] = value;
    else file = value;
  return file && { fields, file: Buffer.from(await file.arrayBuffer()), fileName: file.name };
}

function requestFrom({ fields, file, fileName }: Form, bucket: string): S3Request {
  const key = (fields.key ?? '').replaceAll('$' + '{filename}', fileName);
  if (!key)
    throw new AwsError(
      { code: 'InvalidArgument', status: 400 },
      "Bucket POST must contain a field named 'key'.",
    );
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of Object.entries(fields))
    if (/^(content-|cache-control$|x-amz-meta-|x-amz-checksum-)/.test(name)) headers[name] = value;
  return { action: 'PostObject', bucket, key, query: {}, headers, body: file };
}

/** The form's `success_action_status` is not evaluated: S3's default is 204. */
function formResponse(stored: AwsResponse, request: S3Request, awsRequest: AwsRequest): AwsResponse {
  if (stored.status !== 200) return stored;
  const location = `http://${awsRequest.headers.host}/${request.bucket}/${encodeURI(request.key)}`;
  return { status: 204, headers: { etag: stored.headers.etag ?? '', location }, body: '' };
}
