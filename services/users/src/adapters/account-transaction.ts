import type { Database } from '#shared/postgres/database.ts';
import { type EventTransaction, withEvents } from '#shared/postgres/event-transaction.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { type UserReader, userReader } from './user-reader.ts';
import { type UserStore, userStore } from './user-store.ts';

/** A transaction that changes an account together with what is stored beside it. */
export type OpenAccountTransaction = Omit<EventTransaction, 'outbox'> & {
  accounts: UserReader;
  users: UserStore;
};

/** Runs writes in one transaction; events are relayed after its commit. */
export type AccountTransaction = <T>(work: (on: OpenAccountTransaction) => Promise<T>) => Promise<T>;

/** See {@link AccountTransaction}. */
export const accountTransaction =
  (database: Database, outbox: Outbox): AccountTransaction =>
  (work) =>
    withEvents(database, outbox, ({ outbox: collected, ...on }) =>
      work({ ...on, accounts: userReader(on.transaction), users: userStore(on.transaction, collected) }),
    );
