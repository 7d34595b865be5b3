import { randomUUID } from 'node:crypto';
import type { Authorizer } from './authorizer.ts';
import { type AwsService, unsupportedOperation } from './call.ts';
import { type ErrorCodes, queryError } from './error-shapes.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDenied', status: 403 },
  'unknown-operation': { code: 'InvalidAction', status: 400 },
  'unknown-caller': { code: 'InvalidClientTokenId', status: 403 },
  'invalid-signature': { code: 'SignatureDoesNotMatch', status: 403 },
  throttled: { code: 'Throttling', status: 400 },
  internal: { code: 'InternalFailure', status: 500 },
};

/** STS: GetCallerIdentity, which requires no permission (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). */
export function sts(authorizer: Authorizer, accountId: string): AwsService {
  return {
    errorResponse: (error) => queryError(error, errorCodes, namespace),
    read(awsRequest, caller) {
      const name = new URLSearchParams(awsRequest.body.toString() || awsRequest.query).get('Action') ?? '';
      if (name !== 'GetCallerIdentity') throw unsupportedOperation(`STS ${name}`);
      const arn = authorizer.arnOf(caller);
      return {
        name,
        requiredPermissions: [],
        run: () => ({
          status: 200,
          headers: { 'content-type': 'text/xml' },
          body: `<GetCallerIdentityResponse xmlns="${namespace}"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>${caller.accessKeyId}:${caller.name}</UserId><Account>${accountId}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
        }),
      };
    },
  };
}
