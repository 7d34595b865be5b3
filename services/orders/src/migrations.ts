import type { Migration } from '#shared/postgres/migrate.ts';
import orders from '../migrations/0001-orders.sql';
import holdReceipt from '../migrations/0002-hold-receipt.sql';

/** The steps of this service's own tables, oldest first. */
export const migrations: Migration[] = [
  { name: 'orders/0001-orders', sql: orders },
  { name: 'orders/0002-hold-receipt', sql: holdReceipt },
];
