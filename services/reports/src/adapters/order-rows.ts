import { coalesce } from '#shared/coalesce.ts';
import { conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import { type Item, update } from '#shared/dynamo/write.ts';
import type { OrderRow } from '../domain/order-row.ts';

/** The rows of the daily report, one partition per day, so that a report is one query. */
export type OrderRows = {
  /** Stores a row unless a newer one is stored: a repeated or late event changes nothing. */
  store(row: OrderRow): Promise<void>;
  /** Every row of a day; reads pages of 1 MB. */
  ofDay(day: string): Promise<OrderRow[]>;
};

/** Items of one transaction. */
const maxRows = 100;

const partitionOf = (day: string): string => `orders#${day}`;

/** Rows in the metrics table. */
export function orderRows(db: Dynamo, table: string): OrderRows {
  const transact = batchTransactions(db);
  const storeNewest = async (row: OrderRow) => {
    const write = update(
      table,
      { pk: partitionOf(row.day), sk: row.orderId },
      'SET #row = :row, #sequence = :sequence',
      {
        condition: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
        names: { '#row': 'row', '#sequence': 'sequence' },
        values: { ':row': row, ':sequence': row.sequence },
      },
    );
    try {
      await transact([write]);
    } catch (error) {
      if (!conditionFailed(error, write)) throw error;
    }
  };
  return {
    store: coalesce<OrderRow, void>(maxRows, 1, async (rows) => {
      await Promise.all(newestOfEach(rows).map(storeNewest));
      return rows.map(() => undefined);
    }),
    ofDay: async (day) => {
      const rows: OrderRow[] = [];
      let after: Item | undefined;
      do {
        const page = await db.query<{ row: OrderRow }>({
          table,
          where: 'pk = :pk',
          values: { ':pk': partitionOf(day) },
          ...(after === undefined ? {} : { after }),
        });
        for (const { row } of page.items) rows.push(row);
        after = page.next;
      } while (after !== undefined);
      return rows;
    },
  };
}

/** A batch often contains several events of one order: only the newest row is written. */
function newestOfEach(rows: readonly OrderRow[]): OrderRow[] {
  const newest = new Map<string, OrderRow>();
  for (const row of rows) {
    const known = newest.get(row.orderId);
    if (known === undefined || known.sequence < row.sequence) newest.set(row.orderId, row);
  }
  return [...newest.values()];
}
