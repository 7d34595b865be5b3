import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { postgres } from '#shared/postgres/database.ts';
import { aBucket, aDatabase, aQueue, aTopic, type TestDatabase } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { eventually } from '#shared/testing/eventually.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { prepared } from '#shared/testing/postgres.ts';
import { eventsIn } from '#shared/testing/queue.ts';
import { aSecret, proxySettings } from '#shared/testing/secrets.ts';
import { registerUser } from '../src/domain/user.ts';
import { accountResponse } from '../src/views.ts';
import { mailsIn } from './mails.ts';

/** The key from which the tokens in mails are computed. */
export const mailTokenKey = 'k'.repeat(64);

/**
 * The users service on a database, a topic and secrets of its own: `const users = await usersService();` at the top
 * of a test file. `settings` replace environment variables. Its functions are loaded after the environment is set, as Lambda does.
 */
export async function usersService(settings: Record<string, string> = {}) {
  const [database, queue] = await Promise.all([aDatabase(), aQueue({ fifo: true })]);
  const topicArn = await aTopic({ fifo: true, queues: [queue] });
  const environment = { ...(await environmentOf(database, topicArn)), ...settings };
  setEnvironment(environment);
  const { handler: migrate } = await import('../src/handlers/migrate.ts');
  await migrate({}, lambdaContext());
  const app = await import('../src/app.ts');
  afterAll(() => app.database().end());
  const api = await import('../src/api.ts');
  const { handler: register } = await import('../src/handlers/register.ts');
  const { handler: login } = await import('../src/handlers/login.ts');
  const { handler: rotate } = await import('../src/handlers/rotate-signing-keys.ts');
  const server = postgres({
    ...database,
    database: database.name,
    password: async () => database.password,
    tls: 'off',
    maxConnections: 1,
    prepareStatements: false,
  });
  afterAll(() => server.end());
  return {
    database: app.database(),
    /** The database as the server's administrator sees it. */
    server,
    environment,
    register: (request: TestRequest) => send<Refusable>(register, api.registerRoute, request),
    /** Creates an account as a confirmed registration does, which `register.int.test.ts` tests. */
    createAccount: async (given: Partial<Registration> = {}): Promise<Account> => {
      const { password, ...contact } = aRegistration(given);
      const passwordHash = await app.passwords.hash(password);
      const roles = ['customer' as const];
      const decision = registerUser({ id: newId(), contact, roles, passwordHash, ...app.commandMeta() });
      const user = await app.users().create(decision, { cause: { correlationId: newId() } });
      return accountResponse(user).body as Account;
    },
    ...mailsIn(app.database(), mailTokenKey),
    login: (body: unknown, address = '127.0.0.1', headers: Record<string, string> = {}) =>
      send<Tokens>(login, api.loginRoute, { body, address, headers }),
    rotateKeys: (options: RotationOptions = {}) => rotate(options, lambdaContext()),
    /** The events of an account that were published, in order, as the outbox has them. */
    announced: async (accountId: string) => {
      const rows = await app
        .database()
        .query<{ message: string }>(
          'SELECT message FROM outbox WHERE aggregate_id = $1 AND sent_at IS NOT NULL ORDER BY sequence',
          [accountId],
        );
      return rows.map(({ message }) => JSON.parse(message) as EventEnvelope);
    },
    /** The next event of an account that the topic delivers. */
    delivered: (accountId: string) =>
      eventually(async () => {
        const found = (await eventsIn(queue)).find(({ aggregateId }) => aggregateId === accountId);
        if (found === undefined) throw new Error(`no event of ${accountId} was delivered`);
        return found;
      }),
  };
}

/** Prepares the database, and returns the environment of functions that use it. */
async function environmentOf(database: TestDatabase, topicArn: string) {
  const role = `role_of_${database.name}`;
  const owner = `${role}_owner`;
  const passwords = { owner: randomUUID(), service: randomUUID() };
  const proxy = proxySettings();
  const usesIam = proxy['DATABASE_AUTH'] === 'iam';
  await prepared(database, { database: database.name, owner, role }, usesIam ? undefined : passwords);
  return {
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    DATABASE_USER: role,
    DATABASE_SECRET_ID: await aSecret(JSON.stringify({ username: role, password: passwords.service })),
    DATABASE_SERVER_HOST: database.host,
    DATABASE_OWNER: owner,
    DATABASE_OWNER_SECRET_ID: await aSecret(JSON.stringify({ username: owner, password: passwords.owner })),
    ...proxy,
    USER_EVENTS_TOPIC_ARN: topicArn,
    USER_FILES_BUCKET: await aBucket(),
    RETENTION_YEARS: '10',
    SIGNING_KEYS_SECRET_ID: await aSecret(),
    PUBLIC_KEYS_SECRET_ID: await aSecret(),
    MAIL_TOKEN_KEY_SECRET_ID: await aSecret(JSON.stringify({ key: mailTokenKey })),
    SECOND_FACTOR_KEY_SECRET_ID: await aSecret(JSON.stringify({ key: 's'.repeat(64) })),
    // Tests send concurrent requests to one process.
    AWS_LAMBDA_MAX_CONCURRENCY: '8',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    // All tests are one client.
    RATE_LIMITS: '*-client=1000000/60,*-network=1000000/60,register-account=1000/60',
  };
}

/** The options of a rotation. */
export type RotationOptions = { correlationId?: string; onlyIfMissing?: boolean; revokeOthers?: boolean };

/** What a refusal contains. */
export type Refusable = { code?: string; errors?: { field: string; message: string }[] };

/** An account as the API returns it. */
export type Account = Refusable & {
  id: string;
  email: string;
  name: string;
  locale: string;
  roles: string[];
  version: number;
};

/** Tokens as the API returns them. */
export type Tokens = Refusable & {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  deviceToken: string;
};

/** What somebody who registers gives. */
export type Registration = { email: string; password: string; name: string; locale: string };

/** A registration that is valid; say what matters. */
export const aRegistration = <Over extends Record<string, unknown>>(over?: Over) => ({
  email: `${randomUUID()}@example.com`,
  password: 'correct horse battery',
  name: 'Ada Lovelace',
  locale: 'en',
  ...(over as Over),
});
