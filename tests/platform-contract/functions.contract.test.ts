import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsBehaviour } from './differences.ts';
import { ask, target } from './platform.ts';

/**
 * What Lambda sets by itself, and what a platform other than AWS may add to make AWS reachable.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const isSetByLambda = (name: string) =>
  /^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN_TRACE_ID$|LANG$|TZ$|PATH$|LD_LIBRARY_PATH$|NODE_PATH$)/.test(name);

describe('a function', () => {
  awsBehaviour('invokes another and gets its answer', async () => {
    const run = randomUUID();
    expect(await ask({ ask: 'invoke', payload: { run } })).toEqual({
      status: 200,
      payload: { received: { run } },
    });
  });

  awsBehaviour('learns that the function it invoked threw, and its message', async () => {
    expect(await ask({ ask: 'invoke', payload: { fail: 'out of range' } })).toEqual({
      status: 200,
      functionError: 'Unhandled',
      payload: expect.objectContaining({ errorMessage: 'out of range' }),
    });
  });

  awsBehaviour('learns the kind of error that the function it invoked threw', async () => {
    expect(await ask({ ask: 'invoke', payload: { fail: 'out of range' } })).toMatchObject({
      payload: { errorType: 'RangeError', trace: expect.any(Array) },
    });
  });

  awsBehaviour('invokes another without waiting for it', async () => {
    expect(await ask({ ask: 'invoke', type: 'Event', payload: {} })).toEqual({ status: 202, payload: null });
  });

  awsBehaviour('is its role, under its own name', async () => {
    const { arn, account } = await ask<{ arn: string; account: string }>({ ask: 'identity' });
    expect(account).toBe(target.accountId);
    expect(arn).toMatch(
      new RegExp(`^arn:aws:sts::${target.accountId}:assumed-role/[^/]+/${target.prefix}-ask$`),
    );
  });

  awsBehaviour('is denied a call that its role does not grant, by the name of the action', async () => {
    const { error, message } = await ask<{ error: string; message: string }>({ ask: 'not granted' });
    expect(error).toBe('AccessDeniedException');
    expect(message).toMatch(/^User: arn:aws:sts::.* is not authorized to perform: dynamodb:GetItem /);
  });

  awsBehaviour('is told which resource it was denied', async () => {
    const { message } = await ask<{ message: string }>({ ask: 'not granted' });
    expect(message).toContain(`on resource: arn:aws:dynamodb:${target.region}:${target.accountId}:table/`);
  });

  awsBehaviour('sends a mail from the identity that its role grants, and from no other', async () => {
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

  awsBehaviour('finds nothing in its environment that neither the template nor Lambda set', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    const own = ['RECORDS_TABLE', 'SECRET_ID', 'TARGET_FUNCTION'];
    const foreign = environment.filter((name) => !own.includes(name) && !isSetByLambda(name));
    expect(foreign).toEqual([]);
  });

  awsBehaviour('finds its own variables and those that Lambda sets', async () => {
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

  awsBehaviour('is told its handler and where its log goes', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    const told = ['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', '_HANDLER'];
    expect(environment).toEqual(expect.arrayContaining(told));
  });

  awsBehaviour('is told by AWS_EXECUTION_ENV that it runs on Lambda', async () => {
    const { environment } = await ask<{ environment: string[] }>({ ask: 'self' });
    expect(environment).toContain('AWS_EXECUTION_ENV');
  });
});

describe('a secret', () => {
  type Secret = { value: string; stages: string[] };

  awsBehaviour('is made up as the template asks', async () => {
    const { value, stages } = await ask<Secret>({ ask: 'secret' });
    expect(stages).toEqual(['AWSCURRENT']);
    expect(JSON.parse(value)).toEqual({
      username: 'probe',
      password: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    });
  });

  awsBehaviour('keeps its previous value when it gets a new one', async () => {
    const before = await ask<Secret>({ ask: 'secret' });
    // Of the same form as the one that was made up, so that the suite can run twice.
    const password = randomUUID().replaceAll('-', '').padEnd(40, 'x');
    const SecretString = JSON.stringify({ username: 'probe', password });
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({ SecretId: `${target.prefix}/made-up`, SecretString }),
    );
    expect(await ask<Secret>({ ask: 'secret' })).toEqual({ value: SecretString, stages: ['AWSCURRENT'] });
    expect(await ask<Secret>({ ask: 'secret', stage: 'AWSPREVIOUS' })).toMatchObject({ value: before.value });
  });
});
