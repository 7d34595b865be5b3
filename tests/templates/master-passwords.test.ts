import { deploymentOf } from '../../build/compiled.ts';
import type { Deployment, PolicyStatement, RoleSpec } from '../../build/deployment.ts';
import { pattern } from '../../build/iam/pattern.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { compileTimeoutMs, ofType, stageOf, stages } from './stage.ts';

const everyStage = ['local', ...stages];
const deployments = new Map<string, Deployment>();
beforeAll(async () => {
  for (const name of everyStage) deployments.set(name, await deploymentOf(name));
}, compileTimeoutMs);

const deployed = (stage: string): Deployment => deployments.get(stage) as Deployment;
const mastersOf = ({ secrets }: Deployment): string[] =>
  nonEmpty(
    secrets.map(({ arn }) => arn).filter((arn) => /\/db\/[^/]+-admin-\w{6}$/.test(arn)),
    'the secrets with master passwords',
  );
const prepareDatabase = ({ functions }: Deployment) =>
  nonEmpty(functions.filter(({ name }) => name.endsWith('-prepare-database')))[0]!;

/** Names of the functions whose role allows an action on a resource. */
const functionsAllowed = ({ functions, roles }: Deployment, action: string, resource: string): string[] => {
  const allowed = new Set(roles.filter((role) => allows(role, action, resource)).map(({ arn }) => arn));
  return functions.filter(({ roleArn }) => allowed.has(roleArn)).map(({ name }) => name);
};
const allows = ({ statements }: Pick<RoleSpec, 'statements'>, action: string, resource: string): boolean =>
  statements.some(
    ({ effect, actions, resources }) =>
      effect === 'Allow' &&
      actions.some((each) => pattern(each, true)(action)) &&
      resources.some((each) => pattern(each)(resource)),
  );

describe.each(everyStage)("a server's master password in %s", (stage) => {
  test('is read by the functions of the data stack that need it, and by no function of a service', () => {
    const readers = new Set(
      mastersOf(deployed(stage)).flatMap((master) =>
        functionsAllowed(deployed(stage), 'secretsmanager:GetSecretValue', master),
      ),
    );
    const expected = ['prepare-database', 'rotate-master-password'].map(
      (name) => `shop-data-${stage}-${name}`,
    );
    expect([...readers].toSorted()).toEqual(expected);
  });

  test('is not named in the environment of a function outside the data stack', () => {
    const others = nonEmpty(deployed(stage).functions.filter(({ stack }) => !stack.startsWith('shop-data-')));
    const named = others.filter(({ environment }) =>
      Object.values(environment).some((value) => /\/db\/[\w-]+-admin\b/.test(value)),
    );
    expect(named.map(({ name }) => name)).toEqual([]);
  });
});

describe.each(everyStage)('prepare-database, which has the master passwords in %s', (stage) => {
  test('cannot be invoked by a function', () => {
    const { arn } = prepareDatabase(deployed(stage));
    expect(functionsAllowed(deployed(stage), 'lambda:InvokeFunction', arn)).toEqual([]);
    expect(functionsAllowed(deployed(stage), 'lambda:InvokeFunction', `${arn}:live`)).toEqual([]);
  });

  test("creates the database and the roles that each service's functions sign in as", () => {
    const { environment, arn } = prepareDatabase(deployed(stage));
    const list = (name: string) => (environment[name] ?? '').split(',');
    const requests = deployed(stage).customResources.filter(({ type }) => type === 'Custom::ServiceDatabase');
    expect(requests.map(({ stack }) => stack.replace(`-${stage}`, '')).toSorted()).toEqual([
      'shop-orders',
      'shop-payments',
      'shop-users',
    ]);
    for (const { stack, functionArn, properties } of requests) {
      const migrate = deployed(stage).functions.find(({ name }) => name === `${stack}-migrate`)?.environment;
      const database = String(properties['Database']);
      const servers = ['USERS', 'ORDERS'].filter((one) => list(`DATABASE_${one}_NAMES`).includes(database));
      expect([database, servers.length, functionArn]).toEqual([migrate?.['DATABASE_NAME'], 1, arn]);
      expect(migrate).toMatchObject({
        DATABASE_USER: `shop_${database}`,
        DATABASE_OWNER: `shop_${database}_owner`,
        DATABASE_SERVER_HOST: environment[`DATABASE_${servers[0]}_HOST`],
        DATABASE_PORT: environment[`DATABASE_${servers[0]}_PORT`],
      });
      const reader = list('DATABASE_READER_NAMES').includes(database) ? `shop_${database}_reader` : undefined;
      expect([database, migrate?.['DATABASE_READER']]).toEqual([database, reader]);
    }
  });
});

test.each(stages)('no permission in %s lets a service invoke prepare-database', async (name) => {
  const permissions = ofType(await stageOf(name), 'AWS::Lambda::Permission');
  const target = /PrepareDashdatabase|-prepare-database/;
  expect(permissions.filter(({ written }) => target.test(JSON.stringify(written.Properties)))).toEqual([]);
});

describe('the check', () => {
  const master = 'arn:aws:secretsmanager:eu-west-1:1:secret:shop/dev/db/orders-admin-Abcdef';
  const statement = (actions: string[], resources: string[]): PolicyStatement => ({
    effect: 'Allow',
    actions,
    resources,
  });
  test.each([
    ['exactly', [statement(['secretsmanager:GetSecretValue'], [master])]],
    [
      'by a pattern of its name',
      [statement(['secretsmanager:GetSecretValue'], [master.replace('Abcdef', '??????')])],
    ],
    [
      'by a pattern of other names',
      [statement(['secretsmanager:GetSecretValue'], [master.replace(/db.*/, '*')])],
    ],
    ['by a pattern of the action', [statement(['secretsmanager:Get*'], [master])]],
    ['by any resource', [statement(['SECRETSMANAGER:*'], ['*'])]],
  ])('finds a role that may read a master password %s', (_how, statements) => {
    expect(allows({ statements }, 'secretsmanager:GetSecretValue', master)).toBe(true);
  });

  test('accepts the secret of an owner', () => {
    const statements = [
      statement(['secretsmanager:GetSecretValue'], [master.replace('admin-Abcdef', 'owner-??????')]),
    ];
    expect(allows({ statements }, 'secretsmanager:GetSecretValue', master)).toBe(false);
  });
});
