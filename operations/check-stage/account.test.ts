import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountReader } from './account.ts';

/** A response of DescribeStackResource, from CloudFormation's API Reference. */
const found = `<DescribeStackResourceResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStackResourceResult><StackResourceDetail>
    <LogicalResourceId>Zone</LogicalResourceId><PhysicalResourceId>Z0123456789ABC</PhysicalResourceId>
  </StackResourceDetail></DescribeStackResourceResult>
</DescribeStackResourceResponse>`;
const refusal = (message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;

describe('the zone of a stage’s own stack', () => {
  const before = { ...process.env };
  let server: Server;
  let answer: { status: number; body: string };
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      asked.push((await request.toArray()).join(''));
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  afterAll(() => {
    server.close();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const zone = () => accountReader('eu-west-1').zoneCreatedBy('shop-edge-global-prod', 'us-east-1');

  test('is returned by its id', async () => {
    answer = { status: 200, body: found };
    await expect(zone()).resolves.toBe('Z0123456789ABC');
    expect(asked.at(-1)).toContain('StackName=shop-edge-global-prod');
  });

  test.each([
    "Stack 'shop-edge-global-prod' does not exist",
    'Resource Zone does not exist for stack shop-edge-global-prod',
  ])('is missing: %s', async (message) => {
    answer = { status: 400, body: refusal(message) };
    await expect(zone()).resolves.toBeUndefined();
  });

  test('is not reported as missing without permission to read it', async () => {
    answer = {
      status: 403,
      body: refusal('User is not authorized').replace('ValidationError', 'AccessDenied'),
    };
    await expect(zone()).rejects.toThrow('not authorized');
  });
});
