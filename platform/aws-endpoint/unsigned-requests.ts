import type { BucketSpec } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { Authorizer } from './authorizer.ts';
import type { AwsRequest } from './call.ts';
import type { CredentialRegistry } from './credentials.ts';
import { type DispatchResult, dispatch } from './dispatch.ts';
import type { Faults } from './faults.ts';
import { servePicture } from './picture-origin.ts';
import type { S3 } from './s3.ts';
import { corsHeaders, preflight } from './s3-cors.ts';
import { isForm, readForm } from './s3-form.ts';
import { isPresigned, readPresigned, type UnverifiedRequest } from './s3-presigned.ts';

type Parts = {
  authorizer: Authorizer;
  faults: Faults;
  log: (line: string) => void;
  s3: S3;
  credentials: CredentialRegistry;
  messaging: Messaging;
  buckets: () => readonly BucketSpec[];
};

/**
 * Requests without an Authorization header: pictures, CORS preflights, presigned URLs and upload forms. Undefined for
 * all others.
 */
export function unsignedRequests(
  parts: Parts,
): (awsRequest: AwsRequest) => DispatchResult | Promise<DispatchResult> | undefined {
  const services = { s3: parts.s3 };
  const bucketOf = ({ path }: AwsRequest) => {
    const name = decodeURIComponent(path.split('/')[1] ?? '');
    return parts.buckets().find((bucket) => bucket.name === name);
  };
  const serve = async (
    reading: UnverifiedRequest | Promise<UnverifiedRequest>,
    cors: Record<string, string>,
  ): Promise<DispatchResult> => {
    const read = await reading;
    const outcome = await dispatch(parts, services, 's3', read.caller, (_service, caller) => {
      const { request, toResponse } = read.verify(caller);
      const operation = parts.s3.operation(request, caller);
      return toResponse ? { ...operation, run: async () => toResponse(await operation.run()) } : operation;
    });
    return outcome === 'drop' ? outcome : { ...outcome, headers: { ...outcome.headers, ...cors } };
  };
  return (awsRequest) => {
    if (awsRequest.path.startsWith('/_images/'))
      return servePicture(awsRequest, parts.messaging, parts.buckets());
    if (awsRequest.method === 'OPTIONS') return preflight(awsRequest, bucketOf(awsRequest));
    const form = isForm(awsRequest);
    if (!form && !isPresigned(awsRequest)) return undefined;
    const read = (form ? readForm : readPresigned)(awsRequest, parts.credentials);
    return serve(read, corsHeaders(awsRequest, bucketOf(awsRequest)));
  };
}
