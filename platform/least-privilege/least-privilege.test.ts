import type {
  Deployment,
  EventSourceMappingSpec,
  FunctionSpec,
  PolicyStatement,
} from '../../build/deployment.ts';
import { deployed } from '../../build/template/fixtures/a-stack.ts';
import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';
import { impliedRights } from './implied-rights.ts';
import { type Finding, leastPrivilege } from './least-privilege.ts';
import { failures, renderReport } from './report.ts';

const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:orders';
const tableArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders';
const logsArn = 'arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/place-order:*:*';
const origin = { stack: 'orders', logicalId: 'PlaceOrder' };
const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const allow = (actions: string[], resource: string): PolicyStatement => ({
  effect: 'Allow',
  actions,
  resources: [resource],
});
const calls = (...grants: CallsSnapshot['grants']): CallsSnapshot => ({
  since: '2026-11-21T00:00:00Z',
  calls: [],
  grants,
});

function aShop(options: {
  statements: PolicyStatement[];
  fn?: Partial<FunctionSpec>;
  mappings?: Partial<EventSourceMappingSpec>[];
}): Deployment {
  const fn: FunctionSpec = {
    ...origin,
    name: 'place-order',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:place-order',
    directory: 'services/orders',
    handler: 'src/handlers/place-order.handler',
    environment: {},
    timeoutMs: 1000,
    memoryMb: 512,
    roleArn: 'arn:aws:iam::000000000000:role/place-order',
    runtime: 'nodejs24.x',
    ...options.fn,
  };
  const mappings = (options.mappings ?? []).map((mapping) => ({
    ...origin,
    functionArn: fn.arn,
    sourceArn: queueArn,
    batchSize: 1,
    windowSeconds: 0,
    partialResponses: true,
    filterPatterns: [],
    enabled: true,
    ...mapping,
  }));
  return {
    ...deployed(),
    functions: [fn],
    roles: [
      {
        ...origin,
        name: 'place-order',
        arn: fn.roleArn,
        statements: [allow(logging, logsArn), ...options.statements],
      },
    ],
    mappings,
  };
}
const verdicts = (findings: Finding[]) =>
  Object.fromEntries(findings.map(({ action, verdict }) => [action, verdict]));

describe('A grant', () => {
  test('that allowed a call is used', () => {
    const used = { function: 'place-order', action: 'dynamodb:PutItem', resource: tableArn, count: 3 };
    const findings = leastPrivilege(
      aShop({ statements: [allow(['dynamodb:PutItem'], tableArn)] }),
      calls(used),
    );
    expect(findings.at(-1)).toEqual({ ...used, verdict: 'used' });
    expect(failures(findings)).toEqual([]);
  });

  test('is unused if only another function uses the same permission', () => {
    const other = { function: 'get-order', action: 'dynamodb:PutItem', resource: tableArn, count: 3 };
    const findings = leastPrivilege(
      aShop({ statements: [allow(['dynamodb:PutItem'], tableArn)] }),
      calls(other),
    );
    expect(failures(findings)).toEqual([
      { verdict: 'unused', function: 'place-order', action: 'dynamodb:PutItem', resource: tableArn },
    ]);
  });

  test('that AWS requires to poll a queue is implied for that queue only', () => {
    const polling = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const shop = aShop({
      statements: [allow(polling, queueArn), allow(['sqs:DeleteMessage'], `${queueArn}-other`)],
      mappings: [{}],
    });
    const findings = leastPrivilege(shop, calls());
    expect(findings.filter(({ resource }) => resource === queueArn).map(({ verdict }) => verdict)).toEqual([
      'implied',
      'implied',
      'implied',
    ]);
    expect(failures(findings)).toMatchObject([
      { action: 'sqs:DeleteMessage', resource: `${queueArn}-other` },
    ]);
  });

  test('with a wildcard action is not implied', () => {
    const findings = leastPrivilege(
      aShop({ statements: [allow(['sqs:*'], queueArn)], mappings: [{}] }),
      calls(),
    );
    expect(failures(findings)).toMatchObject([{ action: 'sqs:*', verdict: 'unused' }]);
  });
});

describe('An implied permission that the role lacks is a failure', () => {
  test.each<[string, Parameters<typeof aShop>[0], string[]]>([
    [
      'polling a queue',
      { statements: [], mappings: [{}] },
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    ],
    [
      'reading a stream',
      { statements: [], mappings: [{ sourceArn: `${tableArn}/stream/1` }] },
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    ],
    [
      'tracing',
      { statements: [], fn: { traced: true } },
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    ],
  ])('%s', (_why, shop, missing) => {
    const findings = failures(leastPrivilege(aShop(shop), calls()));
    expect(findings.map(({ verdict, action }) => [verdict, action])).toEqual(
      missing.map((action) => ['missing', action]),
    );
  });
});

test('logging permissions are implied for every function', () => {
  const shop = aShop({ statements: [] });
  expect(verdicts(leastPrivilege(shop, calls()))).toEqual({
    'logs:CreateLogStream': 'implied',
    'logs:PutLogEvents': 'implied',
  });
  for (const role of shop.roles) role.statements = [];
  expect(verdicts(leastPrivilege(shop, calls()))).toEqual({
    'logs:CreateLogStream': 'missing',
    'logs:PutLogEvents': 'missing',
  });
});

test('every implied right cites a page of AWS', () => {
  for (const row of impliedRights) expect(row.page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/);
});

test('the report lists each grant and the totals', () => {
  const findings = leastPrivilege(aShop({ statements: [allow(['dynamodb:PutItem'], tableArn)] }), calls());
  const report = renderReport(findings);
  expect(report).toMatch(/UNUSED +dynamodb:PutItem +arn:aws:dynamodb:eu-west-1:000000000000:table\/orders/);
  expect(report).toMatch(
    '3 grants of 1 functions: 0 used, 2 implied by AWS, 1 unused; 0 implied ones missing',
  );
  expect(renderReport(findings, true)).not.toMatch('implied  logs');
});
