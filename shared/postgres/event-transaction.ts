import type { Cause, NewEvent } from '../events/event.ts';
import type { HttpResponse } from '../http/response.ts';
import { leaseLost } from '../idempotency/request.ts';
import type { StartedRequest } from '../idempotency/run.ts';
import { toEntries } from '../outbox/entry.ts';
import type { Database, Transaction } from './database.ts';
import { completeRequest } from './idempotency.ts';
import { insertOutboxRows, type Relay, type Written } from './outbox.ts';
import { sql } from './sql.ts';

/** A transaction of several writes with their events. */
export type EventTransaction = {
  transaction: Transaction;
  /** For the change stores that write in this transaction: their events are relayed after its commit. */
  outbox: Relay;
  /** Writes events that belong to no change of an aggregate. */
  announce(events: readonly NewEvent[], cause: Cause): Promise<void>;
  /** Writes the response of the request. @throws RequestInProgress if a retry has taken it over */
  complete(started: StartedRequest | undefined, response: HttpResponse): Promise<void>;
};

/**
 * Runs writes that need more than one statement in one transaction, and relays their events after the commit. What one
 * statement can write uses a change store alone, which saves round trips.
 */
export async function withEvents<T>(
  database: Database,
  outbox: Relay,
  work: (on: EventTransaction) => Promise<T>,
): Promise<T> {
  const written: Written[] = [];
  const collect: Relay = {
    relay: async (entries) => {
      written.push(entries);
    },
  };
  const result = await database.transaction((transaction) =>
    work({
      transaction,
      outbox: collect,
      announce: async (events, cause) => {
        const entries = toEntries(events, cause);
        if (entries.length === 0) return;
        const rows = await transaction.query<{ claimed: boolean }>(insertOutboxRows(entries, sql`true`));
        await collect.relay({ entries, claimed: rows.every(({ claimed }) => claimed) });
      },
      complete: async (started, response) => {
        if (started === undefined) return;
        const rows = await transaction.query(completeRequest(started, response, sql`true`));
        if (rows.length === 0) throw leaseLost();
      },
    }),
  );
  for (const each of written) await outbox.relay(each);
  return result;
}
