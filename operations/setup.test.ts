import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createSigningKey, setUp } from '../client/set-up-stage.ts';
import { adminEmailOf } from './setup.ts';

/** What a function answers in its turn: a payload, a function error, or a refusal of the Lambda service itself. */
type Answer = { payload: unknown; functionError?: boolean } | { service: string; status: number };

/** A server that speaks Lambda's Invoke and says what each test wants, call by call. */
function lambdaThatAnswers(answers: Record<string, Answer[]>) {
  const calls: { name: string; request: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? '');
    const body = (await request.toArray()).join('');
    calls.push({ name, request: JSON.parse(body) });
    const answer = answers[name]?.shift() ?? { service: 'ResourceNotFoundException', status: 404 };
    if ('service' in answer) {
      response.writeHead(answer.status, { 'x-amzn-errortype': answer.service });
      response.end(JSON.stringify({ message: answer.service }));
      return;
    }
    response.writeHead(200, answer.functionError ? { 'x-amz-function-error': 'Unhandled' } : {});
    response.end(JSON.stringify(answer.payload));
  });
  return { server, calls };
}

const key = (created: boolean): Answer => ({
  payload: { ok: true, response: { created, keyId: 'k1', verifying: ['k1'] } },
});
const adminId = '0190a0b0-0000-7000-8000-000000000001';
const createdAdmin: Answer = {
  payload: {
    ok: true,
    response: { result: 'created', userId: adminId, email: 'boss@shop.example', password: 'made-up' },
  },
};

const everything = (): Record<string, Answer[]> => ({
  'shop-users-dev-rotate-signing-keys': [key(true)],
  'shop-users-dev-create-admin': [createdAdmin],
});

describe('setting up a stage', () => {
  let running: Server | undefined;
  afterEach(() => {
    running?.close();
  });

  async function deployed(answers: Record<string, Answer[]>) {
    const { server, calls } = lambdaThatAnswers(answers);
    running = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const lambda = new LambdaClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const lines: string[] = [];
    const options = { lambda, stage: 'dev', project: 'shop', log: (line: string) => lines.push(line) };
    return { options, calls, lines };
  }

  async function setUpAgainst(answers: Record<string, Answer[]>) {
    const { options, ...rest } = await deployed(answers);
    return { result: setUp({ ...options, adminEmail: 'boss@shop.example' }), ...rest };
  }

  test('makes a key and the administrator, in this order', async () => {
    const { result, calls, lines } = await setUpAgainst(everything());
    await expect(result).resolves.toEqual({
      signingKey: { created: true, keyId: 'k1' },
      admin: { email: 'boss@shop.example', password: 'made-up' },
    });
    expect(calls.map(({ name }) => name)).toEqual(Object.keys(everything()));
    expect(calls.at(-1)?.request).toEqual({ email: 'boss@shop.example' });
    expect(lines.join()).not.toContain('made-up');
  });

  test('makes the key alone where no administrator is wanted', async () => {
    const { options, calls } = await deployed(everything());
    await expect(createSigningKey(options)).resolves.toEqual({ created: true, keyId: 'k1' });
    expect(calls.map(({ name }) => name)).toEqual(['shop-users-dev-rotate-signing-keys']);
  });

  test('tells no password of an administrator that is there already', async () => {
    const { result } = await setUpAgainst({
      ...everything(),
      'shop-users-dev-create-admin': [
        {
          payload: { ok: true, response: { result: 'exists', userId: adminId, email: 'boss@shop.example' } },
        },
      ],
    });
    expect((await result).admin).toEqual({ email: 'boss@shop.example' });
  });

  test('waits for a function that is still pending', async () => {
    const answers = everything();
    answers['shop-users-dev-rotate-signing-keys']?.unshift({
      service: 'ResourceConflictException',
      status: 409,
    });
    const { result, calls } = await setUpAgainst(answers);
    await result;
    expect(calls.filter(({ name }) => name === 'shop-users-dev-rotate-signing-keys')).toHaveLength(2);
  });

  test('says which function is not deployed', async () => {
    const { result } = await setUpAgainst({});
    await expect(result).rejects.toThrow(
      'shop-users-dev-rotate-signing-keys is not deployed: deploy the stage first',
    );
  });

  test('says which function failed, and how', async () => {
    const { result } = await setUpAgainst({
      ...everything(),
      'shop-users-dev-rotate-signing-keys': [
        { functionError: true, payload: { errorType: 'Error', errorMessage: 'connect ECONNREFUSED' } },
      ],
    });
    await expect(result).rejects.toThrow(
      'shop-users-dev-rotate-signing-keys failed: Error: connect ECONNREFUSED',
    );
  });

  test('says what was refused', async () => {
    const { result } = await setUpAgainst({
      ...everything(),
      'shop-users-dev-create-admin': [
        {
          payload: {
            ok: false,
            refusal: { code: 'EMAIL_TAKEN', detail: 'This address belongs to a customer.' },
          },
        },
      ],
    });
    await expect(result).rejects.toThrow('EMAIL_TAKEN: This address belongs to a customer.');
  });
});

describe('the administrator', () => {
  test.each(['dev', 'mine'])('has a made-up address in the stage %s', (stage) => {
    expect(adminEmailOf(stage, { without: false })).toBe('admin@shop.example');
  });

  test.each(['staging', 'prod'])('needs a real address in %s', (stage) => {
    expect(() => adminEmailOf(stage, { without: false })).toThrow('--admin-email');
    expect(adminEmailOf(stage, { email: 'boss@shop.test', without: false })).toBe('boss@shop.test');
  });

  test('is not made by a pipeline, whose log others read', () => {
    expect(adminEmailOf('prod', { without: true })).toBeUndefined();
    expect(() => adminEmailOf('prod', { email: 'boss@shop.test', without: true })).toThrow('not both');
  });
});
