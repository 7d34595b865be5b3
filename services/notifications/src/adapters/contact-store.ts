import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { conditionFailed } from '#shared/dynamo/conditions.ts';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import { put } from '#shared/dynamo/write.ts';
import type { Contact } from '../domain/contact.ts';
import { ContactUnknown } from '../domain/errors.ts';
import { batchReads, type Key } from './batches.ts';

/** Contacts of all users, copied from the users service's events. */
export type ContactStore = {
  /** Stores a contact unless a newer one is stored. */
  store(contact: Contact): Promise<void>;
  /** @throws ContactUnknown */
  read(userId: string): Promise<Contact>;
};

/** An order may follow its registration within seconds, on another topic: one short wait avoids most redeliveries. */
const secondReadMs = 250;

const keyOf = (userId: string): Key => ({ pk: `USER#${userId}`, sk: 'CONTACT' });

/** See {@link ContactStore}. */
export function contactStore(client: DynamoDBClient, table: string): ContactStore {
  const db = dynamo(client);
  const readItem = batchReads(client, table);
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
      } catch (error) {
        // A newer contact, or this one, is stored: events arrive twice and out of order.
        if (!conditionFailed(error, write)) throw error;
      }
    },
    read: async (userId) => {
      const item = (await readItem(keyOf(userId))) ?? (await afterWait(() => readItem(keyOf(userId))));
      if (item === undefined) throw new ContactUnknown('No contact of this user has arrived yet.');
      const { email, name, locale, sequence } = item as Contact;
      return { userId, email, name, locale, sequence };
    },
  };
}

const afterWait = async <T>(read: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, secondReadMs));
  return read();
};
