import type { Address } from '#shared/address/address.ts';
import {
  type Change,
  type ChangeStore,
  changeStore,
  findState,
  type StoreDefinition,
} from '#shared/postgres/change-store.ts';
import type { Database } from '#shared/postgres/database.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { type Sql, sql } from '#shared/postgres/sql.ts';
import type { AddressBook } from '../domain/address-book.ts';
import { UserNotFound } from '../domain/errors.ts';

/** The address books of all accounts. An account without addresses has an empty one. */
export type AddressBookStore = Pick<ChangeStore<AddressBook>, 'change'> & {
  /** @throws UserNotFound */
  read(userId: string): Promise<AddressBook>;
};

type Row = {
  id: string;
  version: number;
  addresses: {
    id: string;
    address: Address;
    default_shipping: boolean;
    default_billing: boolean;
    version: number;
    created_at: string;
    updated_at: string;
  }[];
};

const notFound = () => new UserNotFound('There is no such account.');

/** See {@link AddressBookStore}. The version of the book makes its limits exact when requests arrive at once. */
export function addressBookStore(database: Database, outbox: Outbox): AddressBookStore {
  const { change } = changeStore(database, outbox, definition);
  return {
    change,
    read: async (userId) => {
      const book = await findState(database, definition, userId);
      if (book === undefined) throw notFound();
      return book;
    },
  };
}

const select = (userId: string): Sql => sql`
  SELECT u.id, coalesce(b.version, 0) AS version,
         (SELECT coalesce(json_agg(a ORDER BY a.created_at, a.id), '[]') FROM addresses a WHERE a.user_id = u.id) AS addresses
    FROM users u LEFT JOIN address_books b ON b.user_id = u.id
   WHERE u.id = ${userId}`;

const stateOf = ({ id, version, addresses }: Row): AddressBook => ({
  id,
  version,
  addresses: addresses.map((row) => ({
    id: row.id,
    address: row.address,
    defaultShipping: row.default_shipping,
    defaultBilling: row.default_billing,
    version: row.version,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  })),
});

/** A book is created with its first address. Rows of the same version are not written again. */
const write = ({ state: { id, version, addresses } }: Change<AddressBook>, permitted: Sql): Sql => {
  const rows = addresses.map((each) => ({
    id: each.id,
    address: each.address,
    default_shipping: each.defaultShipping,
    default_billing: each.defaultBilling,
    version: each.version,
    created_at: each.createdAt,
    updated_at: each.updatedAt,
  }));
  return sql`
    written AS (
      INSERT INTO address_books AS b (user_id, version)
      SELECT u.id, ${version}::bigint FROM users u WHERE u.id = ${id}::uuid AND ${permitted}
      ON CONFLICT (user_id) DO UPDATE SET version = excluded.version WHERE b.version = excluded.version - 1
      RETURNING user_id),
    removed AS (
      DELETE FROM addresses a USING written w
       WHERE a.user_id = w.user_id AND a.id <> ALL (${addresses.map((each) => each.id)}::uuid[])),
    saved AS (
      INSERT INTO addresses AS a (id, user_id, address, default_shipping, default_billing, version, created_at, updated_at)
      SELECT r.id, w.user_id, r.address, r.default_shipping, r.default_billing, r.version, r.created_at, r.updated_at
        FROM written w, json_to_recordset(${JSON.stringify(rows)}::json)
          AS r (id uuid, address jsonb, default_shipping boolean, default_billing boolean, version bigint,
                created_at timestamptz, updated_at timestamptz)
      ON CONFLICT (id) DO UPDATE
        SET address = excluded.address, default_shipping = excluded.default_shipping,
            default_billing = excluded.default_billing, version = excluded.version, updated_at = excluded.updated_at
        WHERE a.version <> excluded.version)`;
};

const definition: StoreDefinition<AddressBook, Row> = {
  name: 'address book',
  notFound,
  select,
  stateOf,
  insert: write,
  update: write,
};
