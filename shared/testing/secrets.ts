import { randomUUID } from 'node:crypto';
import { writeSecret } from '../secrets.ts';
import type { TestDatabase } from './engines.ts';

/** Creates a secret, without a value unless one is given, and returns its id. */
export async function aSecret(value?: string): Promise<string> {
  const id = `test/${randomUUID()}`;
  if (value !== undefined) await writeSecret(id, value);
  return id;
}

/**
 * The environment variables with which a service finds a test's database: set them before the service's modules are
 * imported.
 */
export async function databaseEnvironment(database: TestDatabase): Promise<Record<string, string>> {
  return {
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    DATABASE_SERVER_HOST: database.host,
    DATABASE_OWNER: 'none',
    DATABASE_OWNER_SECRET_ID: 'none',
    DATABASE_USER: database.user,
    DATABASE_SECRET_ID: await aSecret(
      JSON.stringify({ username: database.user, password: database.password }),
    ),
    ...proxySettings(),
  };
}

/** If the test run has a proxy in front of PostgreSQL, services use IAM authentication, as on AWS. */
export function proxySettings(): Record<string, string> {
  const given = process.env['TEST_DATABASE_PROXY'];
  if (given === undefined) return {};
  const { port, caFile } = JSON.parse(given) as { port: number; caFile: string };
  return {
    DATABASE_HOST: 'localhost',
    DATABASE_SERVER_HOST: 'localhost',
    DATABASE_PORT: String(port),
    DATABASE_AUTH: 'iam',
    DATABASE_TLS: 'verify-full',
    DATABASE_CA_FILE: caFile,
  };
}
