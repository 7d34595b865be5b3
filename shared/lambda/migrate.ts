import type { Context } from 'aws-lambda';
import { migrateContract } from '../contracts/migrate.ts';
import type { Migration } from '../postgres/migrate.ts';
import { migrateService } from '../postgres/migrate-service.ts';
import { callHandler } from './call.ts';
import { withCustomResource } from './custom-resource.ts';

/** Kept back from the function's time, so that the database ends a statement before the function is ended. */
const RESERVE_MS = 15_000;
/** An operator's call has no deadline of its own: as long as one statement should ever take. */
const OPERATOR_STATEMENT_MS = 45_000;

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
        migrateService(config, migrations, Math.max(1_000, context.getRemainingTimeInMillis() - RESERVE_MS)),
    },
    callHandler(migrateContract, () => migrateService(config, migrations, OPERATOR_STATEMENT_MS)),
  );
}
