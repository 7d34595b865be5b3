import type { Migration } from '#shared/postgres/migrate.ts';
import payments from '../migrations/0001-payments.sql';
import privacy from '../migrations/0008-privacy.sql';

/** The migrations of this service's own tables, oldest first. */
export const migrations: Migration[] = [
  { name: 'payments/0001-payments', sql: payments },
  { name: 'payments/0008-privacy', sql: privacy },
];
