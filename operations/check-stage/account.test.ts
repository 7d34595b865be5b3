import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountReader } from './account.ts';

/** A response of DescribeStackResource, from CloudFormation's API Reference. */
const found = `<DescribeStackResourceResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStackResourceResult><StackResourceDetail>
    <LogicalResourceId>Zone</LogicalResourceId><PhysicalResourceId>Z0123456789ABC</PhysicalResourceId>
  </StackResourceDetail></DescribeStackResourceResult>
</DescribeStackResourceResponse>`;
const refusal = (message: string, code = 'ValidationError') =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const before = { ...process.env };
let server: Server;
/** The next responses, in order; the last one repeats. */
let answers: { status: number; body: string }[];
const asked: string[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push((await request.toArray()).join('') || (request.url ?? ''));
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0])!;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(request.method === 'HEAD' ? '' : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  server.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
const account = () => accountReader('eu-west-1');

describe('the zone of a stage’s own stack', () => {
  const zone = () => account().createdBy('shop-edge-global-prod', 'Zone', 'us-east-1');

  test('is returned by its id', async () => {
    answers = [{ status: 200, body: found }];
    await expect(zone()).resolves.toBe('Z0123456789ABC');
    expect(asked.at(-1)).toContain('StackName=shop-edge-global-prod');
  });

  test.each([
    "Stack 'shop-edge-global-prod' does not exist",
    'Resource Zone does not exist for stack shop-edge-global-prod',
  ])('is missing: %s', async (message) => {
    answers = [{ status: 400, body: refusal(message) }];
    await expect(zone()).resolves.toBeUndefined();
  });

  test('is not reported as missing without permission to read it', async () => {
    answers = [{ status: 403, body: refusal('User is not authorized', 'AccessDenied') }];
    await expect(zone()).rejects.toThrow('not authorized');
  });
});

describe('the permissions boundary', () => {
  const actions = () => account().policyActions('arn:aws:iam::123456789012:policy/shop-boundary');
  const policy = `<GetPolicyResponse><GetPolicyResult><Policy><DefaultVersionId>v3</DefaultVersionId></Policy></GetPolicyResult></GetPolicyResponse>`;

  test('is read in its default version, whose document is URL-encoded', async () => {
    const document = encodeURIComponent(
      JSON.stringify({
        Statement: [
          { Effect: 'Allow', Action: ['s3:GetObject'] },
          { Effect: 'Allow', Action: 'sns:Publish' },
        ],
      }),
    );
    answers = [
      { status: 200, body: policy },
      {
        status: 200,
        body: `<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>${document}</Document></PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>`,
      },
    ];
    await expect(actions()).resolves.toEqual(['s3:GetObject', 'sns:Publish']);
    expect(asked.at(-1)).toContain('VersionId=v3');
  });

  test('may be missing', async () => {
    answers = [{ status: 404, body: refusal('Policy shop-boundary was not found', 'NoSuchEntity') }];
    await expect(actions()).resolves.toBeUndefined();
  });
});

describe('an OIDC provider', () => {
  const audiences = () => account().providerAudiences('arn:aws:iam::123456789012:oidc-provider/example');

  test('is read with its audiences', async () => {
    const list = '<ClientIDList><member>sts.amazonaws.com</member></ClientIDList>';
    answers = [
      {
        status: 200,
        body: `<GetOpenIDConnectProviderResponse><GetOpenIDConnectProviderResult>${list}</GetOpenIDConnectProviderResult></GetOpenIDConnectProviderResponse>`,
      },
    ];
    await expect(audiences()).resolves.toEqual(['sts.amazonaws.com']);
  });

  test('may be missing', async () => {
    answers = [{ status: 404, body: refusal('OpenIDConnect Provider not found', 'NoSuchEntity') }];
    await expect(audiences()).resolves.toBeUndefined();
  });
});

describe('a bucket name', () => {
  test.each([
    [200, true],
    [403, true],
    [404, false],
  ])('is taken, of another account, or free: %i', async (status, exists) => {
    answers = [{ status, body: '' }];
    await expect(account().bucketExists('shop-dev-web', 'eu-west-1')).resolves.toBe(exists);
  });
});
