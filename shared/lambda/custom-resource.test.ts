import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { lambdaContext } from '../testing/http-event.ts';
import { withCustomResource } from './custom-resource.ts';

type Received = { body: Record<string, unknown>; contentType: string | undefined };

describe('a function behind a custom resource', () => {
  const received: Received[] = [];
  let statuses: number[] = [];
  let server: Server;
  let responseUrl = '';
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = JSON.parse((await request.toArray()).join(''));
      response.writeHead(statuses.shift() ?? 200).end();
      if (response.statusCode === 200) received.push({ body, contentType: request.headers['content-type'] });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    responseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=s`;
  });
  beforeEach(() => {
    received.length = 0;
    statuses = [];
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const event = (RequestType: string, more: object = {}) => ({
    RequestType,
    RequestId: 'request',
    StackId: 'stack',
    LogicalResourceId: 'SchemaMigration',
    ResponseURL: responseUrl,
    ...more,
  });
  const handler = (apply: () => Promise<unknown>) =>
    withCustomResource({ physicalId: 'users-schema', apply }, async () => 'by itself');
  const withTime = (ms: number): Context => ({ ...lambdaContext(), getRemainingTimeInMillis: () => ms });

  test('responds SUCCESS, with a constant id', async () => {
    const applied: string[] = [];
    const run = handler(async () => applied.push('once'));
    await run(event('Create'), lambdaContext());
    await run(event('Update', { PhysicalResourceId: 'as-first-made' }), lambdaContext());
    expect(applied).toEqual(['once', 'once']);
    expect(received.map(({ body }) => body)).toEqual([
      {
        Status: 'SUCCESS',
        RequestId: 'request',
        StackId: 'stack',
        LogicalResourceId: 'SchemaMigration',
        PhysicalResourceId: 'users-schema',
      },
      expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'as-first-made' }),
    ]);
    expect(received[0]?.contentType).toBeUndefined();
  });

  test('gets the properties of the resource', async () => {
    const properties: unknown[] = [];
    const run = withCustomResource(
      { physicalId: 'one', apply: async (_context, given) => properties.push(given) },
      async () => {},
    );
    await run(event('Create', { ResourceProperties: { Database: 'users' } }) as never, lambdaContext());
    await run(event('Update') as never, lambdaContext());
    expect(properties).toEqual([{ Database: 'users' }, {}]);
  });

  test('responds FAILED with the reason when it fails', async () => {
    await handler(async () => {
      throw new Error('no such host');
    })(event('Create'), lambdaContext());
    expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: 'Error: no such host' });
  });

  test('responds FAILED before the timeout', async () => {
    await handler(() => new Promise(() => {}))(event('Update'), withTime(5_010));
    expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: 'Did not finish within 0 s' });
  });

  test('changes nothing when the stack is deleted', async () => {
    await handler(() => Promise.reject(new Error('must not run')))(event('Delete'), lambdaContext());
    expect(received[0]?.body).toMatchObject({ Status: 'SUCCESS' });
  });

  test('repeats the response when it was not accepted', async () => {
    statuses = [503];
    await handler(async () => {})(event('Create'), lambdaContext());
    expect(received).toHaveLength(1);
  });

  test('is what it was for everybody else', async () => {
    const run = handler(() => Promise.reject(new Error('must not run')));
    expect(await run({} as ReturnType<typeof event>, lambdaContext())).toBe('by itself');
  });
});
