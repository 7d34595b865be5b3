import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { conditionFailed } from '#shared/dynamo/conditions.ts';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { put } from '#shared/dynamo/write.ts';
import type { Contact } from '../domain/contact.ts';
import { ContactUnknown } from '../domain/errors.ts';
import { batchReads, type Key } from './batches.ts';

/** Contacts of all users, copied from the users service's events. Nothing is stored or returned about erased users. */
export type ContactStore = {
  /** Stores a contact unless a newer one is stored; false if the user was erased. */
  store(contact: Contact): Promise<boolean>;
  /** Undefined if the user was erased. @throws ContactUnknown if no contact has arrived */
  read(userId: string): Promise<Contact | undefined>;
  /** The stored contact, if there is one. */
  find(userId: string): Promise<Contact | undefined>;
  /** Whether the user was erased. */
  isErased(userId: string): Promise<boolean>;
  /** Replaces the contact by a mark that no later event overwrites. */
  erase(userId: string, at: Date): Promise<void>;
};

/** What remains of an erased user: no event has a higher sequence. */
type ErasedContact = { erasedAt: string; sequence: number };

/** An order may follow its registration within seconds, on another topic: one short wait avoids most redeliveries. */
const secondReadMs = 250;

const keyOf = (userId: string): Key => ({ pk: `USER#${userId}`, sk: 'CONTACT' });

/** See {@link ContactStore}. */
export function contactStore(client: DynamoDBClient, table: string): ContactStore {
  const db = dynamo(client);
  const readItem = batchReads(client, table);
  const find = async (userId: string) =>
    (await readItem(keyOf(userId))) as Contact | ErasedContact | undefined;
  return {
    store: async (contact) => {
      const write = put(
        table,
        { ...keyOf(contact.userId), ...contact },
        {
          condition: 'attribute_not_exists(pk) OR #sequence < :sequence',
          names: { '#sequence': 'sequence' },
          values: { ':sequence': contact.sequence },
        },
      );
      try {
        await db.write(write);
        return true;
      } catch (error) {
        // A newer contact, this one, or an erasure is stored: events arrive twice and out of order.
        if (!conditionFailed(error, write)) throw error;
        return !isErased(await find(contact.userId));
      }
    },
    read: async (userId) => {
      const item = (await find(userId)) ?? (await afterWait(() => find(userId)));
      if (item === undefined) throw new ContactUnknown('No contact of this user has arrived yet.');
      return contactOf(userId, item);
    },
    find: async (userId) => contactOf(userId, await find(userId)),
    isErased: async (userId) => isErased(await find(userId)),
    erase: (userId, at) => {
      const mark: ErasedContact = { erasedAt: at.toISOString(), sequence: Number.MAX_SAFE_INTEGER };
      return db.write(put(table, { ...keyOf(userId), ...mark }));
    },
  };
}

const isErased = (item: Contact | ErasedContact | undefined): item is ErasedContact =>
  item !== undefined && 'erasedAt' in item;

function contactOf(userId: string, item: Contact | ErasedContact | undefined): Contact | undefined {
  if (item === undefined || isErased(item)) return undefined;
  const { email, name, locale, sequence } = item;
  return { userId, email, name, locale, sequence };
}

const afterWait = async <T>(read: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, secondReadMs));
  return read();
};
