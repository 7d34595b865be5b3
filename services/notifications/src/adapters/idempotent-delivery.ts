import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  IdempotencyRecordStatus,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { Message, Sent } from '../domain/message.ts';
import type { LoggedMessage, MessageLog } from './message-log.ts';

/** Sends a message once; a second call while the first is under way throws, so that the event comes back later. */
export type Once = (message: Message, send: () => Promise<Sent>) => Promise<Sent>;

/**
 * A message that was taken up and never finished counts as abandoned after this: the function's timeout in
 * serverless.yml, after which its process cannot be at work any more, and well before the event comes back (31 s).
 */
const leaseMs = 5_000;

/**
 * Once per message by Powertools, whose record is the logged message itself: taken up, sent, or given back. SES takes
 * no idempotency key, so one window remains: when a process dies after SES took the mail and before the record says
 * so (one call to DynamoDB, some milliseconds), or SES's answer is lost on its way, the mail is sent again. The other
 * choice, to record first and never send again, would lose mails instead.
 */
export function once(log: MessageLog): Once {
  // The handler of Powertools asks for nothing of the context but the time that is left.
  const lambdaContext = { getRemainingTimeInMillis: () => leaseMs } as Context;
  return makeIdempotent((_message: Message, send: () => Promise<Sent>) => send(), {
    persistenceStore: new LoggedMessages(log),
    config: new IdempotencyConfig({ lambdaContext }),
  }) as Once;
}

/** Powertools' records as they are read from the message log and written to it; a record's key is its message. */
class LoggedMessages extends BasePersistenceLayer {
  readonly #log: MessageLog;

  constructor(log: MessageLog) {
    super();
    this.#log = log;
  }

  protected override getHashedIdempotencyKey(
    message: Parameters<BasePersistenceLayer['getRecord']>[0],
  ): string {
    return JSON.stringify(message);
  }

  protected override async _putRecord({ idempotencyKey, inProgressExpiryTimestamp = 0 }: IdempotencyRecord) {
    const message = messageOf(idempotencyKey);
    if (await this.#log.claim(message, inProgressExpiryTimestamp)) return;
    throw new IdempotencyItemAlreadyExistsError('This message was taken up before.');
  }

  protected override async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const known = await this.#log.find(messageOf(idempotencyKey));
    if (known === undefined) throw new IdempotencyItemNotFoundError();
    return toRecord(idempotencyKey, known);
  }

  protected override _updateRecord({ idempotencyKey, responseData }: IdempotencyRecord): Promise<void> {
    return this.#log.finish(messageOf(idempotencyKey), responseData as Sent);
  }

  protected override _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    return this.#log.giveBack(messageOf(idempotencyKey));
  }
}

const messageOf = (idempotencyKey: string): Message => JSON.parse(idempotencyKey) as Message;

function toRecord(
  idempotencyKey: string,
  { status, sentAt, claimedUntil = 0 }: LoggedMessage,
): IdempotencyRecord {
  return new IdempotencyRecord({
    idempotencyKey,
    ...(status === 'sent'
      ? { status: IdempotencyRecordStatus.COMPLETED, responseData: { sentAt: sentAt ?? '' } }
      : { status: IdempotencyRecordStatus.INPROGRESS, inProgressExpiryTimestamp: claimedUntil }),
  });
}
