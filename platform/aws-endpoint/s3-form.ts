import { createHmac } from 'node:crypto';
import { AwsError, type AwsRequest, type AwsResponse } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { escapeXml } from './error-shapes.ts';
import { type Form, parseForm } from './multipart.ts';
import { checkPolicy } from './s3-policy.ts';
import { checkSignature, checkToken, type UnverifiedRequest } from './s3-presigned.ts';
import type { S3Request } from './s3-request.ts';
import { scopeOf } from './signature-scope.ts';
import { signingKey } from './sigv4.ts';

/** Whether a browser's form uploads a file to a bucket. */
export const isForm = (awsRequest: AwsRequest) =>
  awsRequest.method === 'POST' &&
  (awsRequest.headers['content-type'] ?? '').startsWith('multipart/form-data');

/**
 * Reads an upload by form and verifies its policy: who signed it, until when, and every field and the size of the
 * file against its conditions (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html).
 */
export function readForm(
  awsRequest: AwsRequest,
  credentials: CredentialRegistry,
  now: () => Date = () => new Date(),
): UnverifiedRequest {
  const form = parseForm(awsRequest.body, awsRequest.headers['content-type'] ?? '');
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
      const [, day = '', region = '', service = ''] = credential.split('/');
      const key = signingKey(signer.secretAccessKey, day, region, service);
      checkSignature(createHmac('sha256', key).update(policy).digest('hex'), fields['x-amz-signature']);
      checkToken(fields['x-amz-security-token'], signer);
      const bucket = decodeURIComponent(awsRequest.path.split('/')[1] ?? '');
      checkPolicy(policy, { ...fields, bucket }, form.file.length, now());
      const request = requestFrom(form, bucket);
      return { request, toResponse: (stored) => formResponse(stored, fields, request, awsRequest) };
    },
  };
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

/** 204 unless the form asks for 200 or 201 (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html). */
function formResponse(
  stored: AwsResponse,
  fields: Record<string, string>,
  request: S3Request,
  awsRequest: AwsRequest,
): AwsResponse {
  if (stored.status !== 200) return stored;
  const location = `http://${awsRequest.headers.host}/${request.bucket}/${encodeURI(request.key)}`;
  const etag = stored.headers.etag ?? '';
  const headers = { etag, location };
  if (fields.success_action_status === '200') return { status: 200, headers, body: '' };
  if (fields.success_action_status !== '201') return { status: 204, headers, body: '' };
  const parts = { Location: location, Bucket: request.bucket, Key: request.key, ETag: etag };
  const body = Object.entries(parts).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${body.join('')}</PostResponse>`,
  };
}
