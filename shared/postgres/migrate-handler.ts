import type { Context } from 'aws-lambda';
import { migrateContract } from '../contracts/migrate.ts';
import { callHandler } from '../lambda/call.ts';
import { withCustomResource } from '../lambda/custom-resource.ts';
import type { Migration } from './migrate.ts';
import { migrateService } from './migrate-service.ts';

/** Reserved at the end of the function's time, so that the database cancels a statement before the function times out. */
const reserveMs = 15_000;
/** Statement timeout when an operator calls: such a call has no deadline of its own. */
const operatorStatementMs = 45_000;

/**
 * A service's `migrate` function: the custom resource `SchemaMigration` of its stack, which runs before new code takes
 * traffic, and callable by an operator. Both are safe to repeat.
 */
export function migrateHandler(
  config: Parameters<typeof migrateService>[0],
  migrations: readonly Migration[],
) {
  return withCustomResource(
    {
      physicalId: `${config.DATABASE_NAME}-schema`,
      apply: (context: Context) =>
        migrateService(config, migrations, Math.max(1_000, context.getRemainingTimeInMillis() - reserveMs)),
    },
    callHandler(migrateContract, async () => ({
      ok: true,
      response: await migrateService(config, migrations, operatorStatementMs),
    })),
  );
}
