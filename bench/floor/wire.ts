import { Pool } from 'undici';

/** Bare calls of AWS's wire protocols, without a client library: what the floor is made of. */
export type Wire = {
  dynamo(action: string, input: object): Promise<Record<string, unknown>>;
  sqs(action: string, input: object): Promise<Record<string, unknown>>;
  sns(action: string, input: Record<string, string>): Promise<string>;
  close(): Promise<void>;
};

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=floor/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Connects to both engines with keep-alive pools. Calls reject on any answer that is not 200. */
export function connectWire(dynamoUrl: string, messagingUrl: string): Wire {
  const dynamo = new Pool(dynamoUrl, { connections: 16 });
  const messaging = new Pool(messagingUrl, { connections: 32 });
  const send = async (pool: Pool, headers: Record<string, string>, body: string): Promise<string> => {
    const answer = await pool.request({
      method: 'POST',
      path: '/',
      headers: { ...headers, 'x-amz-date': '20260101T000000Z' },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text.slice(0, 500)}`);
    return text;
  };
  const json = async (pool: Pool, service: string, target: string, version: string, input: object) => {
    const headers = {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      authorization: authorization(service),
    };
    return JSON.parse((await send(pool, headers, JSON.stringify(input))) || '{}') as Record<string, unknown>;
  };
  return {
    dynamo: (action, input) => json(dynamo, 'dynamodb', `DynamoDB_20120810.${action}`, '1.0', input),
    sqs: (action, input) => json(messaging, 'sqs', `AmazonSQS.${action}`, '1.0', input),
    sns: (action, input) =>
      send(
        messaging,
        { 'content-type': 'application/x-www-form-urlencoded', authorization: authorization('sns') },
        new URLSearchParams({ Action: action, Version: '2010-03-31', ...input }).toString(),
      ),
    close: async () => {
      await Promise.all([dynamo.close(), messaging.close()]);
    },
  };
}
