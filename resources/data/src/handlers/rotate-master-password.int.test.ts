import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { postgres } from '#shared/postgres/database.ts';
import { aDatabase } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { opened } from '#shared/testing/postgres.ts';
import { aSecret } from '#shared/testing/secrets.ts';
import { type Step, steps } from '../rotation.ts';

const at = await aDatabase();
const server = opened(at, 1);
setEnvironment({ DATABASE_ADMIN_HOSTS: `other.example,${at.host}`, DATABASE_TLS: 'off' });
const { handler } = await import('./rotate-master-password.ts');
const client = new SecretsManagerClient({});

let master: string;
let secretId: string;
const first = "first 'password'";
beforeEach(async () => {
  master = `master_${randomUUID().slice(0, 8)}`;
  await server.query(`CREATE ROLE ${master} LOGIN CREATEROLE PASSWORD '${first.replaceAll("'", "''")}'`);
  secretId = await aSecret(secretOf(first));
});
afterEach(() => server.query(`DROP ROLE ${master}`));

const secretOf = (password: string, host = at.host) =>
  JSON.stringify({ username: master, password, host, port: at.port, engine: 'postgres' });

/** What Secrets Manager does before the first step: a version without a value that is up for rotation. */
async function announced(): Promise<string> {
  const token = randomUUID();
  await client.send(new RotateSecretCommand({ SecretId: secretId, ClientRequestToken: token }));
  return token;
}
const step = (Step: Step, ClientRequestToken: string) =>
  handler({ SecretId: secretId, ClientRequestToken, Step }, lambdaContext());
async function rotated(token: string): Promise<void> {
  for (const each of steps) await step(each, token);
}
async function password(stage = 'AWSCURRENT'): Promise<string> {
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }),
  );
  return (JSON.parse(SecretString ?? '{}') as { password: string }).password;
}
async function opens(secret: string): Promise<boolean> {
  const { host, port, name } = at;
  const database = postgres({
    host,
    port,
    database: name,
    user: master,
    password: async () => secret,
    tls: 'off',
    maxConnections: 1,
    prepareStatements: false,
  });
  try {
    await database.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await database.end();
  }
}

describe('the rotation of a master password', () => {
  test('ends with a new password that opens the server, the old one kept as previous', async () => {
    await rotated(await announced());
    const next = await password();
    expect(next).toHaveLength(43);
    expect([await opens(next), await opens(first)]).toEqual([true, false]);
    expect(await password('AWSPREVIOUS')).toBe(first);
  });

  test('keeps what else the secret says', async () => {
    await rotated(await announced());
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    expect(JSON.parse(SecretString ?? '{}')).toMatchObject({ username: master, engine: 'postgres' });
  });

  test('goes on every month', async () => {
    await rotated(await announced());
    await rotated(await announced());
    expect(await opens(await password())).toBe(true);
  });

  test.each(steps.map((each, index) => [each, index] as const))(
    'ends the same when %s comes twice',
    async (_name, index) => {
      const token = await announced();
      for (const [at, each] of steps.entries()) {
        await step(each, token);
        if (at === index) await step(each, token);
      }
      expect(await opens(await password())).toBe(true);
      expect(await password('AWSPREVIOUS')).toBe(first);
    },
  );

  test('makes one password only, though createSecret comes again after the server took it', async () => {
    const token = await announced();
    await step('createSecret', token);
    const proposed = await password('AWSPENDING');
    await step('setSecret', token);
    await rotated(token);
    expect(await password()).toBe(proposed);
  });

  test('everybody reads the old password until the server has proved to take the new one', async () => {
    const token = await announced();
    await step('createSecret', token);
    await expect(step('testSecret', token)).rejects.toThrow('does not take the new password');
    expect(await password()).toBe(first);
    expect(await opens(first)).toBe(true);
  });

  test('finds a server that still has the password before the current one', async () => {
    const token = await announced();
    await rotated(token);
    const current = await password();
    await server.query(`ALTER ROLE ${master} PASSWORD '${first.replaceAll("'", "''")}'`);
    expect(await opens(current)).toBe(false);
    await rotated(await announced());
    expect(await opens(await password())).toBe(true);
  });

  test('says that an operator must act when no known password opens the server', async () => {
    await server.query(`ALTER ROLE ${master} PASSWORD 'somebody changed it'`);
    const token = await announced();
    await step('createSecret', token);
    await expect(step('setSecret', token)).rejects.toThrow('an operator must set its master password');
  });

  test('refuses a version that is not up for rotation, and leaves a finished one alone', async () => {
    await expect(step('createSecret', randomUUID())).rejects.toThrow('is not up for rotation');
    const token = await announced();
    await rotated(token);
    const settled = await password();
    await rotated(token);
    expect(await password()).toBe(settled);
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: await announced(),
        RemoveFromVersionId: token,
      }),
    );
    await expect(step('setSecret', token)).rejects.toThrow('is not up for rotation');
  });

  test('shows a password to no server but those of the stage', async () => {
    secretId = await aSecret(secretOf(first, 'elsewhere.example'));
    const token = await announced();
    await step('createSecret', token);
    await expect(step('setSecret', token)).rejects.toThrow('elsewhere.example is not a server of this stage');
  });
});
