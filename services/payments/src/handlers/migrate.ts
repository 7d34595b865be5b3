import { migrateHandler } from '#shared/postgres/migrate-handler.ts';
import payments from '../../migrations/0001-payments.sql';
import { config } from '../config.ts';

/** Migrates the database: called by the stack before new code receives traffic, or by an operator. */
export const handler = migrateHandler(config, [{ name: 'payments/0001-payments', sql: payments }]);
