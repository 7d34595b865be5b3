import { serviceRequest, serviceRequests } from '../../build/iam/service-principals.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { policiesOf, type Statement, statementsOf } from './policy-documents.ts';
import { accountId, at, compileTimeoutMs, nameOf, type Stage, stageOf, stages } from './stage.ts';

/** A statement that admits a service, and where it is. */
type Admission = { where: string; principal: string; statement: Statement };

let admissions: Admission[];
beforeAll(async () => {
  const all: Admission[] = [];
  for (const name of stages) all.push(...admissionsOf(await stageOf(name)));
  admissions = nonEmpty(all, 'the statements that admit a service');
}, compileTimeoutMs);

/** Resource policies, trust policies of roles, and permissions of functions. */
function admissionsOf(stage: Stage): Admission[] {
  const documents = [
    ...policiesOf(stage).filter(({ own }) => !own),
    ...stage.resources
      .filter(({ type }) => type === 'AWS::IAM::Role')
      .map((of) => ({ of, statements: statementsOf(at(of, 'AssumeRolePolicyDocument') ?? {}) })),
    ...stage.resources
      .filter(({ type }) => type === 'AWS::Lambda::Permission')
      .map((of) => ({ of, statements: [permissionStatement(of)] })),
  ];
  return documents.flatMap(({ of, statements }) =>
    statements.flatMap((statement) =>
      statement.principals
        .filter((principal) => principal.startsWith('Service:'))
        .map((principal) => ({
          where: `${stage.name} ${nameOf(of)} ${statement.sid}`,
          principal: principal.slice('Service:'.length),
          statement,
        })),
    ),
  );
}

function permissionStatement(permission: Parameters<typeof at>[0]): Statement {
  const condition = (operator: string, key: string, value: unknown) =>
    value === undefined ? {} : { [operator]: { [key]: [String(value)] } };
  return {
    sid: '',
    allows: true,
    actions: [String(at(permission, 'Action'))],
    resources: ['*'],
    principals: [`Service:${String(at(permission, 'Principal'))}`],
    conditions: {
      ...condition('ArnLike', 'AWS:SourceArn', at(permission, 'SourceArn')),
      ...condition('StringEquals', 'AWS:SourceAccount', at(permission, 'SourceAccount')),
    },
  };
}

/** Keys and values of a statement's conditions, whatever their operators. */
const conditionsOf = ({ conditions }: Statement): [key: string, values: string[]][] =>
  Object.values(conditions)
    .flatMap((keys) => Object.entries(keys))
    .map(([key, values]) => [key.toLowerCase(), values]);

test('a policy demands of a service only condition keys that the service documents', () => {
  const found = admissions.flatMap(({ where, principal, statement }) =>
    conditionsOf(statement).flatMap(([key]) =>
      statement.actions
        .filter((action) => !serviceRequest(principal, action).keys.includes(key))
        .map((action) => `${where}: ${principal} documents no ${key} for ${action}`),
    ),
  );
  expect([...new Set(found)]).toEqual([]);
});

test('a policy does not demand the account of the source as well where its ARN contains the account', () => {
  const found = admissions
    .filter(({ statement }) => {
      const conditions = new Map(conditionsOf(statement));
      const arns = conditions.get('aws:sourcearn') ?? [];
      return (
        conditions.has('aws:sourceaccount') &&
        arns.length > 0 &&
        arns.every((arn) => arn.split(':')[4] === accountId)
      );
    })
    .map(({ where }) => where);
  expect([...new Set(found)]).toEqual([]);
});

test('every row of the table is used and names a page of AWS', () => {
  const used = new Set(
    admissions
      .filter(({ statement }) => conditionsOf(statement).length > 0)
      .flatMap(({ principal, statement }) =>
        statement.actions.map((action) => serviceRequest(principal, action)),
      ),
  );
  const unused = serviceRequests.filter((row) => !used.has(row));
  expect(unused.map(({ principal, service }) => `${service} by ${principal}`)).toEqual([]);
  for (const { page } of serviceRequests)
    expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.*\.html$/);
});
