import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { type EmailContent, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SecretStore } from '../provision/secret-store.ts';
import { allow, anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';

const folder = await mkdtemp(join(tmpdir(), 'served-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const secrets = SecretStore.open(join(folder, 'secrets.json'));
const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/local/keys-AbCdEf';
await secrets.ensure([{ stack: 'data', logicalId: 'Keys', name: 'shop/local/keys', arn, value: 'first' }]);

const invoked: unknown[] = [];
const { as, operator, mailbox } = await anAwsEndpoint({
  secrets,
  invoke: async (name, payload, options) => {
    invoked.push([name, payload, options]);
    const { fail } = JSON.parse(payload) as { fail?: boolean };
    if (fail) return { payload: '{"errorType":"Error","errorMessage":"no"}', failure: 'error' };
    if (name === 'busy')
      throw Object.assign(new Error('Rate Exceeded.'), { code: 'TooManyRequestsException', status: 429 });
    return { payload: `{"echo":${payload}}` };
  },
});

describe('Secrets Manager', () => {
  const client = new SecretsManagerClient(operator);
  const SecretId = 'shop/local/keys';

  test('stores versions by stage: a new value is current, the one before it previous', async () => {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'second' }));
    const current = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }));
    expect([current.SecretString, previous.SecretString]).toEqual(['second', 'first']);
    expect(current.CreatedDate).toBeInstanceOf(Date);
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: previous.VersionId,
        RemoveFromVersionId: current.VersionId,
      }),
    );
    expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('first');
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(VersionIdsToStages?.[previous.VersionId ?? '']).toContain('AWSCURRENT');
  });

  test('returns a value only to a role that may read that stage of that secret', async () => {
    const right = {
      ...allow('secretsmanager:GetSecretValue', arn),
      conditions: { StringEquals: { 'secretsmanager:VersionStage': ['AWSCURRENT'] } },
    };
    const reader = new SecretsManagerClient(as('reader', [right]));
    await reader.send(new GetSecretValueCommand({ SecretId }));
    const previous = reader.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }));
    await expect(previous).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('names what does not exist', async () => {
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const pending = client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPENDING' }));
    await expect(pending).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('Lambda', () => {
  const fn = 'arn:aws:lambda:eu-west-1:000000000000:function:reserve-stock';
  for (const name of ['reserve-stock', 'busy']) as(name, []);
  const client = new LambdaClient(
    as('place-order', [
      allow('lambda:InvokeFunction', [
        fn,
        fn.replace('reserve-stock', 'busy'),
        fn.replace('reserve-stock', 'nobody'),
      ]),
    ]),
  );
  const invoke = (
    FunctionName: string,
    payload: object,
    InvocationType: 'RequestResponse' | 'Event' = 'RequestResponse',
  ) => client.send(new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(payload) }));

  test('returns the result of the function, by name or by ARN', async () => {
    for (const name of ['reserve-stock', fn]) {
      const { StatusCode, Payload, FunctionError } = await invoke(name, { a: 1 });
      expect({ StatusCode, FunctionError, body: Payload?.transformToString() }).toEqual({
        StatusCode: 200,
        body: '{"echo":{"a":1}}',
      });
    }
    expect(invoked.at(-1)).toEqual([
      'reserve-stock',
      '{"a":1}',
      { type: 'RequestResponse', caller: 'place-order', traceId: '' },
    ]);
  });

  test('marks the response of a failed function', async () => {
    const { FunctionError, Payload } = await invoke('reserve-stock', { fail: true });
    expect(FunctionError).toBe('Unhandled');
    expect(Payload?.transformToString()).toMatch('errorMessage');
  });

  test('accepts an event without waiting', async () => {
    expect((await invoke('reserve-stock', { b: 2 }, 'Event')).StatusCode).toBe(202);
    expect(invoked.at(-1)).toMatchObject(['reserve-stock', '{"b":2}', { type: 'Event' }]);
  });

  test('refuses with the errors of Lambda', async () => {
    await expect(invoke('nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke('busy', {})).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await expect(invoke('reserve-stock', { big: 'x'.repeat(6 * 1024 * 1024) })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
  });
});

describe('Mails are stored in the mailbox', () => {
  const mail = (
    statements: Parameters<typeof as>[1],
    content: EmailContent,
    from = 'Shop <orders@shop.example>',
  ) =>
    new SESv2Client(as('send-mail', statements)).send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: ['ann@example.org'] },
        Content: content,
      }),
    );
  const identity = (name: string) => `arn:aws:ses:eu-west-1:000000000000:identity/${name}`;
  const simple = {
    Simple: {
      Subject: { Data: 'Paid' },
      Body: { Text: { Data: 'Thank you' }, Html: { Data: '<p>Thank you</p>' } },
    },
  };
  const mayMail = [
    {
      ...allow('ses:SendEmail', identity('*')),
      conditions: { StringEquals: { 'ses:FromAddress': ['orders@shop.example'] } },
    },
  ];

  test('no mail to a verified recipient, as all are in the sandbox, by a role that names the sender only', async () => {
    const senderOnly = [allow('ses:SendEmail', identity('shop.example'))];
    await expect(mail(senderOnly, simple)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a simple mail, under the identity of the domain', async () => {
    const { MessageId } = await mail(mayMail, simple);
    expect(mailbox.get(MessageId ?? '')).toMatchObject({
      from: 'Shop <orders@shop.example>',
      to: ['ann@example.org'],
      subject: 'Paid',
      text: 'Thank you',
      html: '<p>Thank you</p>',
      sender: 'send-mail',
    });
  });

  test.each<[string, object]>([
    ['Raw', { Content: { Raw: { Data: Buffer.from('Subject: Invoice\r\n\r\nbody') } } }],
    ['CcAddresses', { Destination: { ToAddresses: ['ann@example.org'], CcAddresses: ['bob@example.org'] } }],
  ])('refuses %s, which the mailbox does not show', async (name, more) => {
    const input = { FromEmailAddress: 'a@shop.example', Destination: { ToAddresses: ['ann@example.org'] } };
    const client = new SESv2Client(operator);
    const command = new SendEmailCommand({ ...input, Content: simple, ...more });
    await expect(client.send(command)).rejects.toThrow(name);
  });

  test('no mail from another address, to no address, or without content', async () => {
    await expect(mail(mayMail, simple, 'else@shop.example')).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(mail(mayMail, {})).rejects.toMatchObject({ name: 'BadRequestException' });
    const nowhere = new SESv2Client(operator).send(
      new SendEmailCommand({
        FromEmailAddress: 'a@shop.example',
        Destination: { ToAddresses: ['nobody'] },
        Content: simple,
      }),
    );
    await expect(nowhere).rejects.toMatchObject({ name: 'BadRequestException' });
  });
});
