import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';

/** Does `work` once per key; a second call while the first is under way throws, so that the message comes back later. */
export type Once = (key: string, work: () => Promise<void>) => Promise<void>;

/** Longer than a queue keeps a message (14 days, SQS), so that none comes back after its record went. */
const rememberSeconds = 15 * 24 * 60 * 60;

/**
 * A record that was begun and never finished counts as abandoned after this: the function's timeout in
 * serverless.yml, after which its process cannot be at work any more, and well before the message comes back (31 s).
 */
const leaseMs = 5_000;

/**
 * Once per key by Powertools' records. SES takes no idempotency key, so one window remains: when a process dies after
 * SES took the mail and before the record says so (two calls to DynamoDB, some milliseconds), or SES's answer is lost
 * on its way, the mail is sent again. The other choice, to record first and never send again, would lose mails instead.
 */
export function once(client: DynamoDBClient, table: string, keyPrefix: string): Once {
  // The persistence layer asks for nothing of the context but the time that is left.
  const lambdaContext = { getRemainingTimeInMillis: () => leaseMs } as Context;
  return makeIdempotent((_key: string, work: () => Promise<void>) => work(), {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: table, awsSdkV3Client: client }),
    config: new IdempotencyConfig({ expiresAfterSeconds: rememberSeconds, lambdaContext }),
    keyPrefix,
  }) as Once;
}
