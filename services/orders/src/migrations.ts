import type { Migration } from '#shared/postgres/migrate.ts';
import orders from '../migrations/0001-orders.sql';
import privacy from '../migrations/0008-privacy.sql';

/** The migrations of this service's own tables, oldest first. */
export const migrations: Migration[] = [
  { name: 'orders/0001-orders', sql: orders },
  { name: 'orders/0008-privacy', sql: privacy },
];
