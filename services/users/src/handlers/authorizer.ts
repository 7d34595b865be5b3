import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { Unauthenticated } from '#shared/errors.ts';
import { bearerToken } from '#shared/http/bearer-token.ts';
import { lambdaHandler } from '#shared/lambda/lambda-handler.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { clock, config, readKeyAccess, readSessionAccess, verifyToken } from '../app.ts';
import { accessPolicy } from '../views.ts';
import { authorize } from '../workflows/authorize.ts';

/**
 * The request authorizer of every API. API Gateway returns 401 for exactly this error message, and 500 for others
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html). Lambda counts the
 * refusal as an error, the alarms do not (shared/lambda/error-metrics.ts).
 */
export const handler = lambdaHandler(
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const deps = {
      verifyToken: verifyToken(),
      readSessionAccess: readSessionAccess(),
      readKeyAccess: readKeyAccess(),
      secondFactorRoles: config.SECOND_FACTOR_ROLES,
      clock,
    };
    const result = await authorize(deps, bearerToken(event.headers ?? {}));
    if (result.kind === 'allowed') return accessPolicy(event.methodArn, result.caller, result.expiresAt);
    logger.info('credential refused', { reason: result.reason });
    throw new Unauthenticated('Unauthorized');
  },
);
