import { deploymentOf } from '../../build/compiled.ts';
import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { policiesOf } from './policy-documents.ts';
import { compileTimeoutMs, ofOptionalType, ofType, region, type Stage, stageOf, stages } from './stage.ts';

let local: Deployment;
let deployed: Deployment[];
let everyStage: Stage[];
beforeAll(async () => {
  local = await deploymentOf('local');
  deployed = [];
  everyStage = [];
  for (const stage of stages) {
    deployed.push(await deploymentOf(stage));
    everyStage.push(await stageOf(stage));
  }
}, 2 * compileTimeoutMs);

/** What a function's role may do of one action, as resources. */
const granted = (shop: Deployment, { roleArn }: FunctionSpec, action: string): string[] =>
  shop.roles
    .filter(({ arn }) => arn === roleArn)
    .flatMap(({ statements }) => statements)
    .filter(({ actions }) => actions.includes(action))
    .flatMap(({ resources }) => resources);

const stageFree = (name: string): string => name.replace(/-(local|tiny|dev|staging|prod)-/, '-');
/** Functions that sign in as the server's master user. */
const isOperator = ({ name }: FunctionSpec): boolean =>
  /-(prepare-database|rotate-master-password)$/.test(name);

describe('signing in to PostgreSQL', () => {
  test('is granted by IAM to exactly the functions that read a password locally, as the same role', () => {
    const byPassword = local.functions
      .filter((fn) => !isOperator(fn))
      .filter((fn) => granted(local, fn, 'secretsmanager:GetSecretValue').some((arn) => arn.includes('/db/')))
      .map(({ name }) => stageFree(name));
    expect(byPassword.length).toBeGreaterThan(20);
    for (const shop of deployed) {
      const byIam = shop.functions.filter((fn) => granted(shop, fn, 'rds-db:connect').length > 0);
      expect(byIam.map(({ name }) => stageFree(name)).sort()).toEqual([...byPassword].sort());
      for (const fn of byIam)
        for (const login of granted(shop, fn, 'rds-db:connect')) {
          const { DATABASE_USER, DATABASE_READER, DATABASE_OWNER } = fn.environment;
          const users = fn.name.endsWith('-migrate') ? [DATABASE_OWNER] : [DATABASE_USER, DATABASE_READER];
          expect([fn.name, ...users]).toContain(login.split('/').at(-1));
          // One proxy or server; or any server, since one that replaces another has another id, as the user who only reads.
          expect(login).toMatch(/^arn:aws:rds-db:[^*]+:dbuser:([^*]+\/[a-z_]+|\*\/[a-z_]+_reader)$/);
        }
    }
  });

  test('as the owner of the tables is granted for the server itself, not for its proxy', () => {
    for (const stage of everyStage) {
      const servers = ofType(stage, 'AWS::RDS::DBInstance').map((server) => server.value('DbiResourceId'));
      const owners = policiesOf(stage)
        .filter(({ of }) => of.region === region)
        .flatMap(({ statements }) => statements.flatMap(({ resources }) => resources))
        .filter((resource) => /:dbuser:.+_owner$/.test(resource));
      expect(owners.map((login) => login.split('/').at(-1)).toSorted()).toEqual([
        'shop_orders_owner',
        'shop_payments_owner',
        'shop_users_owner',
      ]);
      for (const login of owners) expect(servers).toContain(login.split(':').at(-1)?.split('/')[0]);
    }
  });

  test('is allowed from a proxy to the server for every user of its functions', () => {
    for (const stage of everyStage) {
      const logins = policiesOf(stage).flatMap(({ of, statements }) =>
        statements
          .filter(({ actions }) => actions.includes('rds-db:connect'))
          .flatMap(({ resources }) => resources.map((resource) => ({ of, resource }))),
      );
      const userOf = (login: string) => login.split('/').at(-1);
      for (const proxy of ofOptionalType(stage, 'AWS::RDS::DBProxy')) {
        const [id] = proxy.value('DBProxyArn').split(':').slice(-1);
        const coming = logins.filter(({ resource }) => resource.includes(`:dbuser:${id}/`));
        expect(coming.filter(({ resource }) => resource.endsWith('_owner'))).toEqual([]);
        const going = logins.filter(({ of }) => of.value('Arn') === proxy.properties['RoleArn']);
        expect(coming.length).toBeGreaterThan(0);
        expect(going.map(({ resource }) => userOf(resource))).toEqual(
          expect.arrayContaining([...new Set(coming.map(({ resource }) => userOf(resource)))]),
        );
      }
    }
  });

  test('uses no service password on AWS', () => {
    for (const shop of nonEmpty(deployed))
      expect(
        nonEmpty(shop.secrets)
          .map(({ name }) => name)
          .filter((name) => /\/db\/(users|orders|payments)(-owner)?$/.test(name)),
      ).toEqual([]);
  });

  test('requires TLS in every deployed stage', () => {
    for (const shop of nonEmpty(deployed))
      for (const { name, environment } of nonEmpty(
        shop.functions.filter((each) => each.environment.DATABASE_HOST !== undefined),
      ))
        expect([name, environment.DATABASE_TLS, environment.DATABASE_AUTH]).toEqual([
          name,
          'verify-full',
          'iam',
        ]);
  });
});

describe('databases', () => {
  test('refuse connections without TLS, in every stage', () => {
    for (const stage of everyStage) {
      for (const group of ofType(stage, 'AWS::RDS::DBParameterGroup'))
        expect(group.properties['Parameters']).toMatchObject({ 'rds.force_ssl': '1' });
      const proxies = ofOptionalType(stage, 'AWS::RDS::DBProxy');
      expect([stage.name, proxies.length > 0]).toEqual([stage.name, stage.name !== 'tiny']);
      for (const proxy of proxies)
        expect(proxy.properties).toMatchObject({ RequireTLS: true, DefaultAuthScheme: 'IAM_AUTH' });
    }
  });

  test.each(['staging', 'prod'])(
    'and cache nodes each have an alarm in %s, and nothing else does',
    (name) => {
      const stage = everyStage.find((one) => one.name === name)!;
      const here = stage.resources.filter((each) => each.region === region);
      const alarmed = (metric: string) =>
        here
          .filter(({ type, properties }) => type.endsWith('::Alarm') && properties['MetricName'] === metric)
          .map(({ properties }) => (properties['Dimensions'] as { Value: string }[])[0]?.Value)
          .toSorted();
      const servers = here
        .filter(({ type }) => type === 'AWS::RDS::DBInstance')
        .map(({ properties }) => properties['DBInstanceIdentifier']);
      expect(alarmed('CPUUtilization')).toEqual(nonEmpty(servers).toSorted());
      const [cache] = here.filter(({ type }) => type === 'AWS::ElastiCache::ReplicationGroup');
      const nodes = Array.from(
        { length: Number(cache?.properties['ReplicasPerNodeGroup']) + 1 },
        (_, index) => `${cache?.properties['ReplicationGroupId']}-0001-00${index + 1}`,
      );
      expect(alarmed('EngineCPUUtilization')).toEqual(nodes);
    },
  );

  test('in prod have the size and the safety settings of the design', () => {
    const prod = everyStage.find(({ name }) => name === 'prod')!;
    const servers = ofType(prod, 'AWS::RDS::DBInstance').map(({ properties }) => properties);
    const primary = (id: string) => servers.find((one) => one['DBInstanceIdentifier'] === id);
    const safe = {
      MultiAZ: true,
      StorageEncrypted: true,
      DeletionProtection: true,
      BackupRetentionPeriod: 30,
      MaxAllocatedStorage: 1024,
      EnablePerformanceInsights: true,
      PubliclyAccessible: false,
    };
    expect(primary('shop-prod-users-db')).toMatchObject({ ...safe, DBInstanceClass: 'db.r6g.large' });
    expect(primary('shop-prod-orders-db')).toMatchObject({ ...safe, DBInstanceClass: 'db.r6g.xlarge' });
    const replicas = (id: string) =>
      servers.filter((one) => String(one['DBInstanceIdentifier']).startsWith(`${id}-replica-`)).length;
    expect([replicas('shop-prod-users-db'), replicas('shop-prod-orders-db')]).toEqual([1, 2]);
  });
});
