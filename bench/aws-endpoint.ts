import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import { closedLoop, cpuSeconds, percentiles } from './measure.ts';

/**
 * `node bench/aws-endpoint.ts`: what the AWS endpoint costs per call, next to the same call to the engine without it.
 * The clients are bare: no SDK, which costs several times as much.
 */
const clients = 16;
const durationSeconds = 3;
const tableName = 'bench';
const topicArn = 'arn:aws:sns:eu-west-1:000000000000:bench.fifo';

type Served = { url: string; dynamoUrl: string; accessKeyId: string };
type Call = { name: string; service: string; target?: string; body: () => string };

const server = fork(join(import.meta.dirname, 'aws-endpoint/serve.ts'));
const [{ url, dynamoUrl, accessKeyId }] = (await once(server, 'message')) as [Served];
const json = (service: string, target: string, body: object): Call => {
  const text = JSON.stringify(body);
  return { name: target.split('.')[1] ?? target, service, target, body: () => text };
};
const dynamo = (name: string, body: object) => json('dynamodb', `DynamoDB_20120810.${name}`, body);
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
let published = 0;
const publish: Call = {
  name: 'Publish (FIFO, 600 bytes)',
  service: 'sns',
  body() {
    published += 1;
    const id = String(published);
    return form({
      Action: 'Publish',
      TopicArn: topicArn,
      Message: 'x'.repeat(600),
      MessageGroupId: id,
      MessageDeduplicationId: id,
    });
  },
};

async function send(pool: Pool, call: Call): Promise<number> {
  const started = performance.now();
  const { statusCode, body } = await pool.request({
    path: '/',
    method: 'POST',
    body: call.body(),
    headers: {
      'content-type': call.target ? 'application/x-amz-json-1.0' : 'application/x-www-form-urlencoded',
      ...(call.target ? { 'x-amz-target': call.target } : {}),
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/eu-west-1/${call.service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      'x-amz-date': '20261121T000000Z',
    },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${call.name}: ${statusCode} ${text}`);
  return performance.now() - started;
}

const awsEndpoint = new Pool(url, { connections: clients });
const bare = new Pool(dynamoUrl, { connections: clients });
await send(
  awsEndpoint,
  dynamo('CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }),
);
await send(
  awsEndpoint,
  dynamo('PutItem', { TableName: tableName, Item: { id: { S: '1' }, text: { S: 'x'.repeat(300) } } }),
);
const queue = json('sqs', 'AmazonSQS.CreateQueue', {
  QueueName: 'bench.fifo',
  Attributes: { FifoQueue: 'true' },
});
await send(awsEndpoint, queue);
const topic = {
  Action: 'CreateTopic',
  Name: 'bench.fifo',
  'Attributes.entry.1.key': 'FifoTopic',
  'Attributes.entry.1.value': 'true',
};
await send(awsEndpoint, { name: 'CreateTopic', service: 'sns', body: () => form(topic) });
const subscription = {
  Action: 'Subscribe',
  TopicArn: topicArn,
  Protocol: 'sqs',
  Endpoint: 'arn:aws:sqs:eu-west-1:000000000000:bench.fifo',
};
await send(awsEndpoint, { name: 'Subscribe', service: 'sns', body: () => form(subscription) });

const getItem = dynamo('GetItem', { TableName: tableName, Key: { id: { S: '1' } } });
const attributes = json('sqs', 'AmazonSQS.GetQueueAttributes', {
  QueueUrl: `${url}/000000000000/bench.fifo`,
  AttributeNames: ['All'],
});
console.log(`${clients} clients, ${durationSeconds} s each; CPU is that of the AWS endpoint's process alone`);
for (const [name, pool, call] of [
  ['GetItem, warming up', awsEndpoint, getItem],
  ['GetItem at the engine itself', bare, getItem],
  ['GetItem', awsEndpoint, getItem],
  ['GetQueueAttributes', awsEndpoint, attributes],
  [publish.name, awsEndpoint, publish],
] as [string, Pool, Call][]) {
  const before = cpuSeconds(server.pid ?? 0);
  const { results, seconds } = await closedLoop(
    clients,
    { seconds: durationSeconds, count: Number.POSITIVE_INFINITY },
    () => send(pool, call),
  );
  const cpuUs = ((cpuSeconds(server.pid ?? 0) - before) / results.length) * 1e6;
  const { p50, p99 } = percentiles(results);
  const rate = Math.round(results.length / seconds);
  console.log(
    `${name.padEnd(30)} ${String(rate).padStart(6)}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms  ${cpuUs.toFixed(0).padStart(4)} µs CPU`,
  );
}
await Promise.all([awsEndpoint.destroy(), bare.destroy()]);
server.disconnect();
