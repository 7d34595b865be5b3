import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dynamo, startDynamo } from '../../local/engines/dynamodb.ts';
import { type Postgres, startPostgres } from '../../local/engines/postgres.ts';

/** The engines of one test run, with a data folder that goes when they stop. */
export type RunningEngines = { postgres: Postgres; dynamo: Dynamo; stop(): Promise<void> };

/** Starts the engines on free ports; nothing of them outlives the run, so nothing is flushed to the disk. */
export async function runEngines(password: string): Promise<RunningEngines> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-engines-'));
  const [postgres, dynamo] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), password, durable: false }),
    startDynamo({ dataDir: join(folder, 'dynamodb') }),
  ]);
  return {
    postgres,
    dynamo,
    async stop() {
      await Promise.all([postgres.stop(), dynamo.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
