import { Pool } from 'undici';
import { dynamoDbClient } from '../../platform/engines/dynamodb-client.ts';

/** Calls in AWS's wire protocols without a client library. */
export type Wire = {
  dynamo(action: string, input: object): Promise<Record<string, unknown>>;
  sqs(action: string, input: object): Promise<Record<string, unknown>>;
  sns(action: string, input: Record<string, string>): Promise<string>;
  close(): Promise<void>;
};

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=floor/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Connects to both engines with keep-alive pools. Calls reject for any status except 200. */
export function connectWire(dynamoUrl: string, messagingUrl: string): Wire {
  const dynamo = dynamoDbClient(dynamoUrl);
  const messaging = new Pool(messagingUrl, { connections: 32 });
  const send = async (headers: Record<string, string>, body: string): Promise<string> => {
    const response = await messaging.request({
      method: 'POST',
      path: '/',
      headers: { ...headers, 'x-amz-date': '20260101T000000Z' },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${text.slice(0, 500)}`);
    return text;
  };
  return {
    dynamo: (action, input) => dynamo.call(action, input),
    sqs: async (action, input) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
        authorization: authorization('sqs'),
      };
      return JSON.parse((await send(headers, JSON.stringify(input))) || '{}') as Record<string, unknown>;
    },
    sns: (action, input) =>
      send(
        { 'content-type': 'application/x-www-form-urlencoded', authorization: authorization('sns') },
        new URLSearchParams({ Action: action, Version: '2010-03-31', ...input }).toString(),
      ),
    close: async () => {
      await Promise.all([dynamo.close(), messaging.close()]);
    },
  };
}
