import { migrateHandler } from '#shared/postgres/migrate-handler.ts';
import { config } from '../config.ts';
import { migrations } from '../migrations.ts';

/** Migrates the database: called by the stack before new code receives traffic, or by an operator. */
export const handler = migrateHandler(config, migrations);
