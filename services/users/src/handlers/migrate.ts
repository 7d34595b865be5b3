import { migrateHandler } from '#shared/postgres/migrate-handler.ts';
import accounts from '../../migrations/0001-accounts.sql';
import { config } from '../config.ts';

/** Migrates the database: called by the stack before new code receives traffic, or by an operator. */
export const handler = migrateHandler(config, [{ name: '0001-accounts', sql: accounts }]);
