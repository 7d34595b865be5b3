import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsBehaviour } from './differences.ts';
import { ask, target } from './platform.ts';

/**
 * The variables that Lambda sets, and those that another platform may add to make its endpoint reachable.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const isSetByLambda = (name: string) =>
  /^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN_TRACE_ID$|LANG$|TZ$|PATH$|LD_LIBRARY_PATH$|NODE_PATH$)/.test(name);

describe('a function', () => {
  awsBehaviour('invokes another and receives its result', async () => {
    const run = randomUUID();
    expect(await ask({ ask: 'invoke', payload: { run } })).toEqual({
      status: 200,
      payload: { received: { run } },
    });
  });

  awsBehaviour('receives the message of an error in the invoked function', async () => {
    expect(await ask({ ask: 'invoke', payload: { fail: 'out of range' } })).toEqual({
      status: 200,
      functionError: 'Unhandled',
      payload: expect.objectContaining({ errorMessage: 'out of range' }),
    });
  });

  awsBehaviour('receives the type of an error in the invoked function', async () => {
    expect(await ask({ ask: 'invoke', payload: { fail: 'out of range' } })).toMatchObject({
      payload: { errorType: 'RangeError', trace: expect.any(Array) },
    });
  });

  awsBehaviour('invokes another asynchronously', async () => {
    expect(await ask({ ask: 'invoke', type: 'Event', payload: {} })).toEqual({ status: 202, payload: null });
  });

  awsBehaviour('runs as its role, with its own name as the session name', async () => {
    const { arn, account } = await ask<{ arn: string; account: string }>({ ask: 'identity' });
    expect(account).toBe(target.accountId);
    expect(arn).toMatch(
      new RegExp(`^arn:aws:sts::${target.accountId}:assumed-role/[^/]+/${target.prefix}-ask$`),
    );
  });

  awsBehaviour('receives the denied action when its role does not grant a call', async () => {
    const { error, message } = await ask<{ error: string; message: string }>({ ask: 'not granted' });
    expect(error).toBe('AccessDeniedException');
    expect(message).toMatch(/^User: arn:aws:sts::.* is not authorized to perform: dynamodb:GetItem /);
  });

  awsBehaviour('receives the denied resource when its role does not grant a call', async () => {
    const { message } = await ask<{ message: string }>({ ask: 'not granted' });
    expect(message).toContain(`on resource: arn:aws:dynamodb:${target.region}:${target.accountId}:table/`);
  });

  awsBehaviour('sends a mail only from the identity that its role grants', async () => {
    expect(await ask({ ask: 'mail', from: 'shop@contract.example' })).toEqual({
      messageId: expect.any(String),
    });
    const denied = await ask<{ error: string }>({ ask: 'mail', from: 'shop@other.example' });
    expect(denied.error).toBe('AccessDeniedException');
  });

  awsBehaviour('knows its name, memory and remaining time', async () => {
    const self = await ask<{ remainingMs: number; name: string; arn: string }>({ ask: 'self' });
    expect(self).toMatchObject({
      name: `${target.prefix}-ask`,
      arn: `arn:aws:lambda:${target.region}:${target.accountId}:function:${target.prefix}-ask`,
      version: '$LATEST',
      memory: '256',
      logGroup: `/aws/lambda/${target.prefix}-ask`,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(self.remainingMs).toBeGreaterThan(0);
    expect(self.remainingMs).toBeLessThanOrEqual(5000);
  });

  awsBehaviour('has only environment variables of the template and of Lambda', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    const own = ['RECORDS_TABLE', 'SECRET_ID', 'TARGET_FUNCTION'];
    const foreign = environment.filter((name) => !own.includes(name) && !isSetByLambda(name));
    expect(foreign).toEqual([]);
  });

  awsBehaviour('has its own environment variables and those of Lambda', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    expect(environment).toEqual(
      expect.arrayContaining([
        'RECORDS_TABLE',
        'SECRET_ID',
        'TARGET_FUNCTION',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'AWS_REGION',
        'AWS_LAMBDA_FUNCTION_NAME',
        'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
        'AWS_LAMBDA_FUNCTION_VERSION',
        'LAMBDA_TASK_ROOT',
      ]),
    );
  });

  awsBehaviour('has the environment variables of its handler and its log', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    const names = ['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', '_HANDLER'];
    expect(environment).toEqual(expect.arrayContaining(names));
  });

  awsBehaviour('has the environment variable AWS_EXECUTION_ENV', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    expect(environment).toContain('AWS_EXECUTION_ENV');
  });
});

describe('a secret', () => {
  type Secret = { value: string; stages: string[] };

  awsBehaviour('is generated as the template specifies', async () => {
    const { value, stages } = await ask<Secret>({ ask: 'secret' });
    expect(stages).toEqual(['AWSCURRENT']);
    expect(JSON.parse(value)).toEqual({
      username: 'probe',
      password: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    });
  });

  awsBehaviour('keeps its previous value when it gets a new one', async () => {
    const before = await ask<Secret>({ ask: 'secret' });
    // Of the same form as the generated one, so that the suite can run twice.
    const password = randomUUID().replaceAll('-', '').padEnd(40, 'x');
    const SecretString = JSON.stringify({ username: 'probe', password });
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({ SecretId: `${target.prefix}/made-up`, SecretString }),
    );
    expect(await ask<Secret>({ ask: 'secret' })).toEqual({ value: SecretString, stages: ['AWSCURRENT'] });
    expect(await ask<Secret>({ ask: 'secret', stage: 'AWSPREVIOUS' })).toMatchObject({ value: before.value });
  });
});
