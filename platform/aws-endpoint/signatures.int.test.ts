import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { sign } from '../../shared/aws/signature.ts';
import { allow, anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';

const { awsEndpoint, as, operator } = await anAwsEndpoint({
  invoke: async () => ({ payload: '{}' }) as never,
});
const host = new URL(awsEndpoint.url).host;
const s3 = new S3Client(operator);
await s3.send(new CreateBucketCommand({ Bucket: 'pictures' }));

type Call = (configuration: typeof operator) => Promise<unknown>;
const arnOf = (service: string, name: string) => `arn:aws:${service}:eu-west-1:000000000000:${name}`;
const mail = {
  FromEmailAddress: 'shop@shop.example',
  Destination: { ToAddresses: ['a@shop.example'] },
  Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } },
};

/** One call of each service, in each wire protocol, and the error of a wrong signature. */
const calls: [service: string, error: string, call: Call][] = [
  ['DynamoDB', 'InvalidSignatureException', (to) => new DynamoDBClient(to).send(new ListTablesCommand({}))],
  ['SQS', 'SignatureDoesNotMatch', (to) => new SQSClient(to).send(new ListQueuesCommand({}))],
  [
    'SNS',
    'SignatureDoesNotMatch',
    (to) => new SNSClient(to).send(new PublishCommand({ TopicArn: arnOf('sns', 'none'), Message: 'Hello' })),
  ],
  [
    'S3',
    'SignatureDoesNotMatch',
    (to) => new S3Client(to).send(new ListObjectsV2Command({ Bucket: 'pictures' })),
  ],
  ['SES', 'SignatureDoesNotMatch', (to) => new SESv2Client(to).send(new SendEmailCommand(mail))],
  ['STS', 'SignatureDoesNotMatch', (to) => new STSClient(to).send(new GetCallerIdentityCommand({}))],
  [
    'Lambda, with an ARN in the path',
    'InvalidSignatureException',
    (to) => new LambdaClient(to).send(new InvokeCommand({ FunctionName: arnOf('lambda', 'function:none') })),
  ],
  [
    'Secrets Manager',
    'InvalidSignatureException',
    (to) => new SecretsManagerClient(to).send(new GetSecretValueCommand({ SecretId: 'none' })),
  ],
];
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: Error) => error.name,
  );

describe('A signature in the headers', () => {
  test.each(calls)('of %s is verified', async (_service, error, call) => {
    expect(await errorOf(call(operator))).not.toBe(error);
    const guessed = { ...operator.credentials, secretAccessKey: 'x'.repeat(40) };
    expect(await errorOf(call({ ...operator, credentials: guessed }))).toBe(error);
  });

  test.each(['a b', "quotes'(1)!*~", 'ä/ö', 'plus+and=equals', 'percent%20'])(
    'covers the object %j',
    async (key) => {
      const place = { Bucket: 'pictures', Key: `originals/${key}` };
      await s3.send(new PutObjectCommand({ ...place, Body: 'hello' }));
      const { Body } = await s3.send(new GetObjectCommand(place));
      expect(await Body?.transformToString()).toBe('hello');
      const { Contents } = await s3.send(
        new ListObjectsV2Command({ Bucket: 'pictures', Prefix: place.Key, MaxKeys: 5 }),
      );
      expect(Contents).toHaveLength(1);
    },
  );

  test('covers the body, the path and the query', async () => {
    const signed = (body: string) => {
      const headers: Record<string, string> = {
        host,
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'content-type': 'application/x-amz-json-1.0',
      };
      const request = { method: 'POST', path: '/', query: {}, headers, body };
      sign(request, awsEndpoint.operator, { region: 'eu-west-1', service: 'dynamodb' }, Date.now());
      return headers;
    };
    const isRefused = async (path: string, body: string) => {
      const response = await fetch(`${awsEndpoint.url}${path}`, {
        method: 'POST',
        body,
        headers: signed('{"TableName":"none"}'),
      });
      return (await response.text()).includes('InvalidSignatureException');
    };
    expect(await isRefused('/', '{"TableName":"none"}')).toBe(false);
    expect(await isRefused('/', '{"TableName":"some"}')).toBe(true);
    expect(await isRefused('/other', '{"TableName":"none"}')).toBe(true);
    expect(await isRefused('/?a=b', '{"TableName":"none"}')).toBe(true);
  });
});

/** Sends a signed call that no service has, with headers that were added after signing; the error that it gets. */
async function sent(
  added: Record<string, string>,
  { at = Date.now(), credentials = awsEndpoint.operator, more = {} as Record<string, string> } = {},
): Promise<string> {
  const headers: Record<string, string> = {
    host,
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    'content-type': 'application/x-amz-json-1.0',
    ...more,
  };
  const request = { method: 'POST', path: '/', query: {}, headers, body: '{}' };
  sign(request, credentials, { region: 'eu-west-1', service: 'dynamodb' }, at);
  Object.assign(headers, added);
  const response = await fetch(`${awsEndpoint.url}/`, { method: 'POST', body: '{}', headers });
  return await response.text();
}
/** The endpoint has read the call, so that the signature is valid. */
const accepted = /UnknownOperationException/;
const minutes = (count: number) => Date.now() + count * 60_000;

describe('What a signature in the headers must cover', () => {
  test.each([-14, 0, 14])('a date %d minutes from now is accepted', async (count) => {
    expect(await sent({}, { at: minutes(count) })).toMatch(accepted);
  });

  test.each([-16, 16])('a date %d minutes from now is refused', async (count) => {
    expect(await sent({}, { at: minutes(count) })).toMatch(/InvalidSignature.*not within 15 minutes/);
  });

  test('a header of AWS that was added after signing is refused', async () => {
    expect(await sent({ 'x-amz-more': 'x' })).toMatch(/'x-amz-more' must be a 'SignedHeader'/);
    expect(await sent({}, { more: { 'x-amz-more': 'x' } })).toMatch(accepted);
  });

  test("a header of AWS's tracing may be added", async () => {
    expect(await sent({ 'x-amzn-trace-id': 'Root=1' })).toMatch(accepted);
  });

  test('a request without a signed host is refused', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = awsEndpoint.operator;
    const headers: Record<string, string> = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const request = { method: 'POST', path: '/', query: {}, headers, body: '{}' };
    sign(
      request,
      { accessKeyId, secretAccessKey, sessionToken },
      { region: 'eu-west-1', service: 'dynamodb' },
      Date.now(),
    );
    const response = await fetch(awsEndpoint.url, { method: 'POST', body: '{}', headers });
    expect(await response.text()).toMatch(/'host' must be a 'SignedHeader'/);
  });

  test('another session token, or none, is refused', async () => {
    const { accessKeyId, secretAccessKey } = awsEndpoint.operator;
    const { sessionToken } = as('other', []).credentials;
    for (const credentials of [
      { accessKeyId, secretAccessKey },
      { accessKeyId, secretAccessKey, sessionToken },
    ])
      expect(await sent({}, { credentials: credentials as never })).toMatch(/UnrecognizedClient/);
  });

  test('S3 has error codes of its own', async () => {
    const list = (client: S3Client) => errorOf(client.send(new ListObjectsV2Command({ Bucket: 'pictures' })));
    const { accessKeyId, secretAccessKey } = awsEndpoint.operator;
    const withoutToken = { accessKeyId, secretAccessKey };
    expect(await list(new S3Client({ ...operator, credentials: withoutToken }))).toBe('InvalidToken');
    expect(await list(new S3Client({ ...operator, systemClockOffset: 16 * 60_000 }))).toBe(
      'RequestTimeTooSkewed',
    );
    const adding = new S3Client(operator);
    adding.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-amz-more'] = 'x';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    expect(await list(adding)).toBe('AccessDenied');
  });
});

describe('What a page learns from a presigned URL', () => {
  const place = { Bucket: 'pictures', Key: 'originals/mine' };
  const uploader = new S3Client({
    ...as('create-upload', [allow('s3:PutObject', 'arn:aws:s3:::pictures/originals/*')]),
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });

  test.each(['0'.repeat(64), '0', '', 'none'])(
    'does not let it write another object with the signature %j',
    async (signature) => {
      const url = new URL(await getSignedUrl(uploader, new PutObjectCommand(place), { expiresIn: 60 }));
      const from = (name: string) => url.searchParams.get(name) ?? '';
      const response = await fetch(`${awsEndpoint.url}/pictures/originals/other`, {
        method: 'PUT',
        body: 'stolen',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${from('X-Amz-Credential')}, SignedHeaders=host, Signature=${signature}`,
          'x-amz-date': from('X-Amz-Date'),
          'x-amz-security-token': from('X-Amz-Security-Token'),
          'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        },
      });
      expect(response.status).toBe(403);
      expect(await response.text()).toContain('SignatureDoesNotMatch');
      const { Contents = [] } = await s3.send(
        new ListObjectsV2Command({ Bucket: 'pictures', Prefix: 'originals/other' }),
      );
      expect(Contents).toEqual([]);
    },
  );

  test('does not let it call another service', async () => {
    const url = new URL(await getSignedUrl(uploader, new PutObjectCommand(place), { expiresIn: 60 }));
    const [accessKeyId = '', day = ''] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
    const response = await fetch(awsEndpoint.url, {
      method: 'POST',
      body: '{}',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${day}/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=${url.searchParams.get('X-Amz-Signature')}`,
        'x-amz-date': url.searchParams.get('X-Amz-Date') ?? '',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining('InvalidSignature') });
  });
});
