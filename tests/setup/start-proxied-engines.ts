import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { aCertificate } from '../../shared/testing/certificate.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts';
import startEngines from './start-engines.ts';

declare global {
  var databaseProxy: DatabaseProxy | undefined;
}

/** The engines of the project `int`, with a substitute for RDS Proxy between the services and PostgreSQL. */
export default async function startProxiedEngines(): Promise<void> {
  await startEngines();
  const { hostname: host, port, username: user, password } = new URL(process.env.TEST_POSTGRES_URL ?? '');
  const client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
  await client.query('CREATE ROLE rds_iam'); // exists on RDS
  await client.end();
  const certificate = await aCertificate(await mkdtemp(join(tmpdir(), 'database-proxy-')));
  const proxy = await startDatabaseProxy({ host, port: Number(port), user, password }, certificate);
  globalThis.databaseProxy = proxy;
  process.env.TEST_DATABASE_PROXY = JSON.stringify({ port: proxy.port, caFile: certificate.caFile });
}
