import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { permissionsOf } from '#shared/auth/permissions.ts';
import { Unauthenticated } from '#shared/errors.ts';
import { bearerToken } from '#shared/http/bearer-token.ts';
import { lambdaHandler } from '#shared/lambda/lambda-handler.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { clock, verifyToken } from '../app.ts';
import { accessPolicy } from '../views.ts';

/**
 * The request authorizer of every API. API Gateway returns 401 for exactly this error message, and 500 for others
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html). Lambda counts the
 * refusal as an error, the alarms do not (shared/lambda/error-metrics.ts).
 */
export const handler = lambdaHandler(
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const token = bearerToken(event.headers ?? {});
    const result = await verifyToken()(token, clock());
    if (result.kind === 'valid') {
      const { userId, roles, sessionId } = result.holder;
      const credential = { kind: 'session' as const, id: sessionId };
      const caller = { userId, permissions: permissionsOf(roles), credential };
      return accessPolicy(event.methodArn, caller, result.expiresAt);
    }
    logger.info('access token refused', { reason: result.kind === 'invalid' ? result.reason : result.kind });
    throw new Unauthenticated('Unauthorized');
  },
);
