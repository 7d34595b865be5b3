import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

const dynamo = new DynamoDBClient({});

/**
 * Allows `admit…` tokens, with the number of its invocations for this token in the context; denies `deny…`, fails on
 * `broken…`, and throws for any other the message that API Gateway turns into 401.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const token =
    Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  if (token.startsWith('broken')) throw new Error('The key store is unavailable.');
  if (!/^(admit|deny)/.test(token)) throw new Error('Unauthorized');
  const asked = await dynamo.send(
    new UpdateItemCommand({
      TableName: process.env['RECORDS_TABLE'],
      Key: { probe: { S: 'authorizer' }, seenAt: { S: token } },
      UpdateExpression: 'ADD asked :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  const [api, stage] = event.methodArn.split('/');
  return {
    principalId: `principal-${token}`,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: token.startsWith('admit') ? 'Allow' : 'Deny',
          Action: 'execute-api:Invoke',
          Resource: `${api}/${stage}/*/*`,
        },
      ],
    },
    context: {
      userId: token,
      roles: 'customer,admin',
      asked: Number(asked.Attributes?.['asked']?.N ?? 0),
      staff: true,
    },
  };
}
