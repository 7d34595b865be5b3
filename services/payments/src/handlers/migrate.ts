import { callHandler } from '#shared/lambda/call.ts';
import { migrateContract, migrateService } from '#shared/postgres/migrate-service.ts';
import payments from '../../migrations/0001-payments.sql';
import { config } from '../config.ts';

/** Makes the database ready for this release; an operator calls it before new code takes traffic. */
export const handler = callHandler(migrateContract, () =>
  migrateService(config, [{ name: 'payments/0001-payments', sql: payments }]),
);
