import { migrateHandler } from '#shared/postgres/migrate-handler.ts';
import { config, migrations } from '../app.ts';

/** Migrates the database: called by the stack before new code receives traffic, or by an operator. */
export const handler = migrateHandler(config, migrations);
