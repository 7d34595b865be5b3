import type { Migration } from '#shared/postgres/migrate.ts';
import accounts from '../migrations/0001-accounts.sql';

/** The migrations of this service's own tables, oldest first. */
export const migrations: Migration[] = [{ name: 'users/0001-accounts', sql: accounts }];
