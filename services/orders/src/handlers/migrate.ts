import { migrateHandler } from '#shared/postgres/migrate-handler.ts';
import { config } from '../config.ts';
import { migrations } from '../migrations.ts';

/** Makes the database ready for this release: by the stack before new code takes traffic, or by an operator. */
export const handler = migrateHandler(config, migrations);
