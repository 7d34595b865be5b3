import { join } from 'node:path';
import * as z from 'zod';
import { type Postgres, startPostgres } from '../engines/postgres.ts';
import type { StartOptions } from '../platform.ts';
import type { SecretStore } from '../provision/secret-store.ts';
import type { Stops } from './stops.ts';

const login = z.object({ password: z.string() });

/**
 * Starts PostgreSQL with the password of the secret `db/admin` for its superuser, as RDS has it from the same
 * secret.
 */
export async function startDatabase(
  options: StartOptions,
  port: number,
  secrets: SecretStore,
  stops: Stops,
): Promise<Postgres> {
  const { password } = login.parse(JSON.parse(secrets.value(`${options.project}/${options.stage}/db/admin`)));
  const postgres = await startPostgres({
    dataDir: join(options.dataDir, 'postgres'),
    port,
    password,
    durable: options.durable,
    onDeath: (reason) => options.onDeath?.(`PostgreSQL ${reason}`),
  });
  stops.add('engines', () => postgres.stop());
  return postgres;
}
