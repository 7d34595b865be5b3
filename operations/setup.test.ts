import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createSigningKey, setUp } from '../client/set-up-stage.ts';
import { adminEmailOf } from './setup.ts';

/** One response of a function: a payload, a function error, or an error of the Lambda service. */
type Result = { payload: unknown; functionError?: boolean } | { service: string; status: number };

/** A server with Lambda's Invoke that returns each function's results in order. */
function lambdaServer(results: Record<string, Result[]>) {
  const calls: { name: string; request: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? '');
    const body = (await request.toArray()).join('');
    calls.push({ name, request: JSON.parse(body) });
    const result = results[name]?.shift() ?? { service: 'ResourceNotFoundException', status: 404 };
    if ('service' in result) {
      response.writeHead(result.status, { 'x-amzn-errortype': result.service });
      response.end(JSON.stringify({ message: result.service }));
      return;
    }
    response.writeHead(200, result.functionError ? { 'x-amz-function-error': 'Unhandled' } : {});
    response.end(JSON.stringify(result.payload));
  });
  return { server, calls };
}

const key = (created: boolean): Result => ({
  payload: {
    ok: true,
    response: { created, keyId: 'k1', signsFrom: '2026-03-01T00:00:00.000Z', verifying: ['k1'] },
  },
});
const adminId = '0190a0b0-0000-7000-8000-000000000001';
const createdAdmin: Result = {
  payload: {
    ok: true,
    response: { result: 'created', userId: adminId, email: 'owner@shop.example', password: 'generated' },
  },
};

const everything = (): Record<string, Result[]> => ({
  'shop-users-dev-rotate-signing-keys': [key(true)],
  'shop-users-dev-create-user': [createdAdmin],
});

describe('setting up a stage', () => {
  let running: Server | undefined;
  afterEach(() => {
    running?.close();
  });

  async function deployed(results: Record<string, Result[]>) {
    const { server, calls } = lambdaServer(results);
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

  async function setUpAgainst(results: Record<string, Result[]>) {
    const { options, ...rest } = await deployed(results);
    return { result: setUp({ ...options, adminEmail: 'owner@shop.example' }), ...rest };
  }

  test('creates a key and the administrator, in this order', async () => {
    const { result, calls, lines } = await setUpAgainst(everything());
    await expect(result).resolves.toEqual({
      signingKey: { created: true, keyId: 'k1' },
      admin: { email: 'owner@shop.example', password: 'generated' },
    });
    expect(calls.map(({ name }) => name)).toEqual(Object.keys(everything()));
    expect(calls.at(-1)?.request).toEqual({
      email: 'owner@shop.example',
      name: 'Administrator',
      roles: ['admin'],
    });
    expect(lines.join()).not.toContain('generated');
  });

  test('creates only the key without an administrator', async () => {
    const { options, calls } = await deployed(everything());
    await expect(createSigningKey(options)).resolves.toEqual({ created: true, keyId: 'k1' });
    expect(calls.map(({ name }) => name)).toEqual(['shop-users-dev-rotate-signing-keys']);
  });

  test('returns no password of an existing administrator', async () => {
    const { result } = await setUpAgainst({
      ...everything(),
      'shop-users-dev-create-user': [
        {
          payload: { ok: true, response: { result: 'exists', userId: adminId, email: 'owner@shop.example' } },
        },
      ],
    });
    expect((await result).admin).toEqual({ email: 'owner@shop.example' });
  });

  test('retries a function that is pending', async () => {
    const results = everything();
    results['shop-users-dev-rotate-signing-keys']?.unshift({
      service: 'ResourceConflictException',
      status: 409,
    });
    const { result, calls } = await setUpAgainst(results);
    await result;
    expect(calls.filter(({ name }) => name === 'shop-users-dev-rotate-signing-keys')).toHaveLength(2);
  });

  test('names a function that is not deployed', async () => {
    const { result } = await setUpAgainst({});
    await expect(result).rejects.toThrow(
      'shop-users-dev-rotate-signing-keys is not deployed: deploy the stage first',
    );
  });

  test('names a function that failed, with its error', async () => {
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

  test('returns the refusal', async () => {
    const { result } = await setUpAgainst({
      ...everything(),
      'shop-users-dev-create-user': [
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
  test.each(['dev', 'mine'])('has a placeholder address in the stage %s', (stage) => {
    expect(adminEmailOf(stage, { without: false })).toBe('admin@shop.example');
  });

  test.each(['staging', 'prod'])('needs a real address in %s', (stage) => {
    expect(() => adminEmailOf(stage, { without: false })).toThrow('--admin-email');
    expect(adminEmailOf(stage, { email: 'owner@shop.test', without: false })).toBe('owner@shop.test');
  });

  test('is not created with --without-admin', () => {
    expect(adminEmailOf('prod', { without: true })).toBeUndefined();
    expect(() => adminEmailOf('prod', { email: 'owner@shop.test', without: true })).toThrow('not both');
  });
});
