import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execaNode } from 'execa';
import { root } from '../build/stacks.ts';

/** An AWS endpoint and shop API that refuses every request, in the error shapes of all AWS protocols. */
const refuseAll = (): Server =>
  createServer(async (request, response) => {
    await request.toArray();
    const isQuery = /x-www-form-urlencoded/.test(request.headers['content-type'] ?? '');
    const code = 'AccessDeniedException';
    response.writeHead(403, {
      'content-type': isQuery ? 'text/xml' : 'application/json',
      'x-amzn-errortype': code,
    });
    response.end(
      isQuery
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>denied</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: code, code, message: 'denied' }),
    );
  });

let server: Server;
let url: string;
beforeAll(async () => {
  server = refuseAll();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** Runs a command against AWS and a shop at `endpoint`, without other settings of this machine. */
const run = (command: string, args: string[], endpoint: string, env: Record<string, string> = {}) =>
  execaNode(join(root, 'operations', command), args, {
    cwd: root,
    nodeOptions: [],
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      NODE_NO_WARNINGS: '1',
      ...env,
    },
    reject: false,
  });

const since = '2026-11-21T09:00:00Z';
const undelivered = 'shop-dev-stock-queue-order-events-undelivered.fifo';
const credentials = ['--email', 'admin@shop.example', '--password', 'secret'];

describe('an operator command fails with an exit code and one line on standard error:', () => {
  const refused = /denied|returned 403|refused/;
  test.each<[command: string, args: (endpoint: string) => string[], message: RegExp]>([
    ['check-stage/main.ts', () => ['--stage', 'dev'], /requirement/],
    ['setup.ts', () => ['--stage', 'dev'], /rotate-signing-keys cannot be called: denied/],
    ['check-api.ts', (endpoint) => ['--base-url', endpoint], /users reaches its store.*403 instead of 200/],
    ['remove-stage.ts', () => ['--stage', 'dev'], refused],
    ['create-report.ts', () => ['--stage', 'dev'], refused],
    [
      'demo.ts',
      (endpoint) => ['--url', endpoint, ...credentials, '--stage', 'dev'],
      /auth\/login returned 403/,
    ],
    ['standby/deploy-standby.ts', () => ['--stage', 'prod'], refused],
    ['standby/republish-events.ts', () => ['--stage', 'prod', '--since', since], refused],
    ['close-default-group.ts', () => ['--stage', 'dev'], refused],
    ['redrive-undelivered.ts', () => ['--stage', 'dev', '--queue', undelivered], refused],
  ])(
    '%s, when every request is denied',
    async (command, args, message) => {
      const { exitCode, stderr } = await run(command, args(url), url);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(message) });
      expect(stderr.split('\n')).toHaveLength(1);
    },
    120_000,
  );

  test.each<[command: string, args: string[]]>([
    ['setup.ts', ['--stage', 'dev']],
    ['create-report.ts', ['--stage', 'dev']],
    ['demo.ts', ['--url', 'http://127.0.0.1:15999', ...credentials, '--stage', 'dev']],
    ['standby/republish-events.ts', ['--stage', 'prod', '--since', since]],
    ['close-default-group.ts', []],
    ['redrive-undelivered.ts', ['--stage', 'dev', '--queue', undelivered]],
  ])(
    '%s, when nothing listens',
    async (command, args) => {
      const { exitCode, stderr } = await run(command, args, 'http://127.0.0.1:1');
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('ECONNREFUSED') });
      expect(stderr.split('\n')).toHaveLength(1);
    },
    60_000,
  );

  test.each<[command: string, args: string[], message: RegExp]>([
    ['check-stage/main.ts', ['--no-such-option'], /no-such-option/],
    ['setup.ts', ['--stage', 'prod'], /prod needs --admin-email/],
    ['estimate-cost/main.ts', ['--orders', 'many'], /--orders many is not a positive number/],
    ['check-api.ts', [], /--base-url is missing/],
    ['remove-stage.ts', [], /--stage is missing/],
    ['remove-stage.ts', ['--stage', 'prod'], /does not remove prod/],
    ['create-report.ts', ['--date', 'yesterday'], /yesterday is not a date/],
    ['demo.ts', ['--data-dir', '/no-such-folder'], /No shop is running here/],
    ['standby/deploy-standby.ts', [], /--stage is missing/],
    ['standby/republish-events.ts', ['--stage', 'prod'], /--since is missing/],
    ['close-default-group.ts', ['--no-such-option'], /no-such-option/],
    ['redrive-undelivered.ts', ['--stage', 'dev'], /--queue is missing/],
    [
      'redrive-undelivered.ts',
      ['--stage', 'dev', '--queue', 'shop-dev-payment-queue.fifo'],
      /is not the dead-letter queue of a subscription of dev/,
    ],
  ])('%s, when called with %j', async (command, args, message) => {
    const { exitCode, stderr } = await run(command, args, url);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) });
    expect(stderr.split('\n')).toHaveLength(1);
  });

  test.each([
    ['delivery-settings.ts', { VARIABLES: '{' }, /JSON/],
    ['delivery-settings.ts', { VARIABLES: '{"SHOP_OWNER":"a\\nb"}' }, /must not have several lines/],
    ['delivery-settings.ts', { VARIABLES: '{}', GITHUB_ENV: '/no-such-folder/env' }, /ENOENT/],
  ])('%s, with the settings %j', async (command, env, message) => {
    const { exitCode, stderr } = await run(command, [], url, env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(message) });
    expect(stderr.split('\n')).toHaveLength(1);
  });
});
