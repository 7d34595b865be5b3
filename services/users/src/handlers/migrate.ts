import { migrateContract } from '#shared/contracts/migrate.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { migrateService } from '#shared/postgres/migrate-service.ts';
import accounts from '../../migrations/0001-accounts.sql';
import { config } from '../config.ts';

/** Brings the users database to this release's schema. */
export const handler = callHandler(migrateContract, () =>
  migrateService(config, [{ name: '0001-accounts', sql: accounts }]),
);
