import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Caller } from '#shared/auth/permissions.ts';

/**
 * Lets a verified caller reach the whole stage of the API that asked. API Gateway keeps the answer by the token for
 * all routes, so a policy for one of them would lock the caller out of the others; what a caller may do, the
 * handlers decide by the roles. `expiresAt` goes along since the kept answer may outlive the token.
 */
export function accessPolicy(methodArn: string, caller: Caller, expiresAt: Date): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: caller.userId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${api}/${stage}/*` }],
    },
    context: {
      userId: caller.userId,
      roles: caller.roles.join(','),
      expiresAt: String(Math.floor(expiresAt.getTime() / 1000)),
    },
  };
}
