import { mayDeploy } from './finding.ts';
import { judgeSettings } from './settings.ts';

const complete = {
  SHOP_DOMAIN: 'shop.example',
  SHOP_MAIL_DOMAIN: 'shop.example',
  SHOP_CORS_ORIGIN: 'https://www.shop.example',
};
const convenient = { ...complete, SHOP_ALARM_EMAIL: 'shop@shop.example' };
const findingOf = (name: string, stage: string, environment: Record<string, string>) =>
  judgeSettings(stage, environment).find(({ check }) => check === name);

describe('the settings of a deployment', () => {
  test('are complete for production', () => {
    expect(judgeSettings('prod', convenient).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });

  test.each(Object.keys(complete))('%s is required in production only', (name) => {
    const without: Record<string, string> = { ...complete };
    delete without[name];
    expect(findingOf(name, 'prod', without)).toMatchObject({ outcome: 'missing' });
    expect(findingOf(name, 'dev', without)).toMatchObject({ outcome: 'warning' });
    expect(mayDeploy(judgeSettings('dev', without))).toBe(true);
  });

  test.each([
    ['SHOP_DOMAIN', 'https://shop.example'],
    ['SHOP_DOMAIN', 'shop'],
    ['SHOP_MAIL_DOMAIN', 'me@shop.example'],
    ['SHOP_CORS_ORIGIN', 'www.shop.example'],
    ['SHOP_CORS_ORIGIN', 'https://www.shop.example/'],
    ['SHOP_PAYMENT_PROVIDER_URL', 'http://payments.example'],
    ['SHOP_ALARM_EMAIL', 'the team'],
    ['SHOP_MONTHLY_BUDGET', 'much'],
    ['SHOP_STANDBY_REGION', 'Ireland'],
    ['SHOP_GLOBAL_REGION', 'eu-west-1'],
    ['SHOP_RUNBOOKS', 'docs'],
    ['SHOP_DATABASES', 'none'],
    ['SHOP_DATABASE_AUTH', 'ldap'],
    ['SHOP_LOG_LEVEL', 'verbose'],
    ['SHOP_ARCHITECTURE', 'x64'],
  ])('%s=%s is named with its fault', (name, value) => {
    const finding = findingOf(name, 'dev', { ...complete, [name]: value });
    expect(finding).toMatchObject({ outcome: 'missing', found: expect.stringContaining(value) });
    expect(finding?.remedy).toContain(name);
  });

  test.each(['SHOP_HOSTED_ZONE_ID', 'SHOP_OWNER'])('an empty %s does not select its default', (name) => {
    const findings = judgeSettings('dev', { ...complete, [name]: '' }).filter(({ check }) => check === name);
    expect(findings).toMatchObject([
      { outcome: 'missing', remedy: expect.stringContaining(`unset ${name}`) },
    ]);
  });

  test('external databases need hosts and password authentication', () => {
    const external = { ...convenient, SHOP_DATABASES: 'external' };
    const lacking = judgeSettings('dev', external).filter(({ outcome }) => outcome === 'missing');
    expect(lacking.map(({ check }) => check)).toEqual([
      'SHOP_USERS_DB_HOST',
      'SHOP_ORDERS_DB_HOST',
      'SHOP_DATABASE_AUTH',
    ]);
    const named = { SHOP_USERS_DB_HOST: 'users.internal', SHOP_ORDERS_DB_HOST: 'orders.internal' };
    expect(mayDeploy(judgeSettings('dev', { ...external, ...named, SHOP_DATABASE_AUTH: 'password' }))).toBe(
      true,
    );
  });

  test('a payment sandbox may use plain HTTP on loopback, but not in production', () => {
    const beside = { ...complete, SHOP_PAYMENT_PROVIDER_URL: 'http://127.0.0.1:8080' };
    expect(findingOf('SHOP_PAYMENT_PROVIDER_URL', 'dev', beside)?.outcome).toBe('ok');
    expect(findingOf('SHOP_PAYMENT_PROVIDER_URL', 'prod', beside)?.outcome).toBe('missing');
  });

  test('production does not allow every origin', () => {
    expect(findingOf('SHOP_CORS_ORIGIN', 'prod', { ...complete, SHOP_CORS_ORIGIN: '*' })?.outcome).toBe(
      'missing',
    );
  });

  test.each(['Prod', 'my_stage', 'averylongstage', '1st', 'local'])('the stage %s is refused', (stage) => {
    expect(mayDeploy(judgeSettings(stage, complete))).toBe(false);
  });
});
