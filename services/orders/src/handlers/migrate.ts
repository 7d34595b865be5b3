import { migrateHandler } from '#shared/lambda/migrate.ts';
import orders from '../../migrations/0001-orders.sql';
import { config } from '../config.ts';

/** Makes the database ready for this release: by the stack before new code takes traffic, or by an operator. */
export const handler = migrateHandler(config, [{ name: 'orders/0001-orders', sql: orders }]);
