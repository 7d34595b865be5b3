import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Contact } from '../domain/contact.ts';
import { ContactUnknown } from '../domain/errors.ts';
import { batchedReads, type Key } from './batches.ts';

/** The contacts of all users, kept from the users service's events. */
export type ContactStore = {
  /** Keeps a contact, unless a newer one is kept. */
  keep(contact: Contact): Promise<void>;
  /** @throws ContactUnknown */
  find(userId: string): Promise<Contact>;
};

/** Registration and first order may be seconds apart, and their events travel on different ways: one short wait saves most of the redeliveries. */
const secondLookMs = 250;

const keyOf = (userId: string): Key => ({ pk: `USER#${userId}`, sk: 'CONTACT' });

/** See {@link ContactStore}. */
export function contactStore(client: DynamoDBClient, table: string): ContactStore {
  const read = batchedReads(client, table);
  return {
    keep: async (contact) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...keyOf(contact.userId), ...contact }),
            ConditionExpression: 'attribute_not_exists(pk) OR #sequence < :sequence',
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ExpressionAttributeValues: marshall({ ':sequence': contact.sequence }),
          }),
        );
      } catch (error) {
        // A newer contact is there, or this very one: events come twice and out of order.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    find: async (userId) => {
      const found = (await read(keyOf(userId))) ?? (await later(() => read(keyOf(userId))));
      if (found === undefined) throw new ContactUnknown('No contact of this user has arrived yet.');
      const { email, name, locale, sequence } = found as Contact;
      return { userId, email, name, locale, sequence };
    },
  };
}

const later = async <T>(look: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, secondLookMs));
  return look();
};
