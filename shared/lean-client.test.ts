import { DynamoDBClient, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import type { Credentials } from './aws/signature.ts';
import { lean } from './lean-client.ts';

type Client = { config: object; send: (command: never) => Promise<unknown> };
type Settings = { region: string; credentials: Credentials; useDualstackEndpoint?: boolean };

/** What a client sends, taken where it would go onto the network. */
async function sentBy(client: Client, command: unknown): Promise<HttpRequest> {
  const sent: HttpRequest[] = [];
  const keeping = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: HttpRequest) => {
      sent.push(request);
      return { response: new HttpResponse({ statusCode: 500, headers: {}, body: Buffer.from('') }) };
    },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig: () => {},
  };
  Object.assign(client.config, { requestHandler: keeping });
  await client.send(command as never).catch(() => {});
  return sent[0]!;
}

const settings: Settings = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' },
};
const textOf = (body: unknown) =>
  typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
const headersOf = ({ headers }: HttpRequest) =>
  Object.fromEntries(
    ['host', 'content-type', 'x-amz-target', 'x-amz-security-token'].map((name) => [name, headers[name]]),
  );
const scopeOf = ({ headers }: HttpRequest) => /Credential=([^,]+)/.exec(headers['authorization'] ?? '')?.[1];

const update = { TableName: 't', Key: { id: { S: 'ä"' } }, UpdateExpression: 'SET a = :a' };
const entry = {
  Id: '0',
  Message: 'a & b + ü',
  MessageAttributes: { type: { DataType: 'String', StringValue: 'X' } },
};
const calls = [
  [
    'DynamoDB',
    (given: Settings) => new DynamoDBClient({ ...given, maxAttempts: 1 }),
    () => new UpdateItemCommand({ ...update, ExpressionAttributeValues: { ':a': { BOOL: true } } }),
  ],
  [
    'DynamoDB, a transaction',
    (given: Settings) => new DynamoDBClient({ ...given, maxAttempts: 1 }),
    () => new TransactWriteItemsCommand({ ClientRequestToken: 'c', TransactItems: [{ Update: update }] }),
  ],
  [
    'SNS',
    (given: Settings) => new SNSClient({ ...given, maxAttempts: 1 }),
    () =>
      new PublishBatchCommand({ TopicArn: 'arn:aws:sns:eu-west-1:0:t', PublishBatchRequestEntries: [entry] }),
  ],
  [
    'Lambda',
    (given: Settings) => new LambdaClient({ ...given, maxAttempts: 1 }),
    () =>
      new InvokeCommand({
        FunctionName: 'arn:aws:lambda:eu-west-1:0:function:f',
        Qualifier: 'li ve',
        Payload: '{"ä":1}',
      }),
  ],
  [
    'SES',
    (given: Settings) => new SESv2Client({ ...given, maxAttempts: 1 }),
    () =>
      new SendEmailCommand({
        FromEmailAddress: 'a@b.example',
        Content: { Simple: { Subject: { Data: 'ü' }, Body: { Text: { Data: 't' } } } },
      }),
  ],
] as unknown as [string, (given: Settings) => Client, () => unknown][];

describe.each([
  ['as AWS names its endpoints', settings],
  ['over IPv6', { ...settings, useDualstackEndpoint: true }],
  ['in another partition', { ...settings, region: 'cn-north-1' }],
])('the request of a lean client, %s', (_, given) => {
  test.each(calls)('is that of the SDK: %s', async (_, client, command) => {
    const [ours, theirs] = [
      await sentBy(lean(client(given)), command()),
      await sentBy(client(given), command()),
    ];
    const { protocol, hostname, port, method, path, query } = theirs;
    expect(ours).toMatchObject({ protocol, hostname, port, method, path, query });
    expect(textOf(ours.body)).toBe(textOf(theirs.body));
    expect(headersOf(ours)).toEqual(headersOf(theirs));
    expect(scopeOf(ours)?.split('/').toSpliced(1, 1)).toEqual(scopeOf(theirs)?.split('/').toSpliced(1, 1));
  });
});

test('credentials that run out are asked for anew', async () => {
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return { accessKeyId: `AKIA${asked}`, secretAccessKey: 's', expiration: new Date(Date.now() + 1000) };
  };
  const client = lean(new DynamoDBClient({ region: 'eu-west-1', credentials, maxAttempts: 1 }));
  const keys = [];
  for (let call = 0; call < 2; call += 1)
    keys.push(scopeOf(await sentBy(client, new UpdateItemCommand(update)))?.split('/')[0]);
  expect(keys[0]).not.toBe(keys[1]);
});
