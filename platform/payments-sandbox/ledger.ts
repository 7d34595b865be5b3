import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { IdempotencyKeys, StoredResponse } from './idempotency-keys.ts';
import type { Charge, PaymentIntent, Refund, SandboxEvent, Stored } from './objects.ts';

/** What one request changed, written as one line: after a crash either all of it exists or none. */
export type Entry = {
  put?: Stored[];
  response?: StoredResponse;
  expireKeys?: true;
  /** The id of an event that was delivered or given up. */
  delivered?: string;
};

/**
 * Everything the sandbox ever charged, in memory and, with a data folder, in `ledger.jsonl`. A line is written before
 * the response is sent, so it survives the process (but not a power failure: there is no fsync).
 */
export class Ledger {
  readonly intents = new Map<string, PaymentIntent>();
  readonly charges = new Map<string, Charge>();
  readonly refunds = new Map<string, Refund>();
  /** Events whose webhook has not been delivered. */
  readonly undelivered = new Map<string, SandboxEvent>();
  readonly #keys: IdempotencyKeys;
  #file: number | undefined;
  #closed = false;

  constructor(dataDir: string | undefined, keys: IdempotencyKeys) {
    this.#keys = keys;
    if (dataDir === undefined) return;
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, 'ledger.jsonl');
    this.#file = openSync(path, 'a+');
    const written = readFileSync(path);
    const end = written.lastIndexOf(0x0a) + 1;
    // An incomplete last line belongs to a request without a response.
    if (end < written.length) ftruncateSync(this.#file, end);
    for (const line of written.toString('utf8', 0, end).split('\n'))
      if (line !== '') this.#apply(JSON.parse(line) as Entry);
  }

  /** @throws Error once closed: a request that outlives its server must not write to the file of the next one */
  commit(entry: Entry): void {
    if (this.#closed) throw new Error('The payment sandbox has stopped.');
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#apply(entry);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#closed = true;
  }

  #apply({ put = [], response, expireKeys, delivered }: Entry): void {
    for (const object of put) this.#put(object);
    if (expireKeys) this.#keys.expire();
    if (response) this.#keys.store(response);
    if (delivered !== undefined) this.undelivered.delete(delivered);
  }

  #put(object: Stored): void {
    switch (object.object) {
      case 'payment_intent':
        this.intents.set(object.id, object);
        return;
      case 'charge':
        this.charges.set(object.id, object);
        return;
      case 'refund':
        this.refunds.set(object.id, object);
        return;
      case 'event':
        this.undelivered.set(object.id, object);
        return;
    }
  }
}
