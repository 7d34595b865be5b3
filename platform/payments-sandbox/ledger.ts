import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptAnswer } from './idempotency-keys.ts';
import type { BalanceTransaction, Charge, PaymentIntent, Refund, SandboxEvent, Stored } from './objects.ts';

/** What one request changed, written as one line: after a crash all of it is there, or none. */
export type Entry = {
  put?: Stored[];
  answer?: KeptAnswer;
  forgetKeys?: true;
  /** An event that was delivered, or given up. */
  delivered?: string;
};

/** Objects of one kind in the order they were made, found by id. */
export class Shelf<T extends { id: string }> {
  readonly #positions = new Map<string, number>();
  readonly #objects: T[] = [];

  put(object: T): void {
    const position = this.#positions.get(object.id) ?? this.#objects.length;
    this.#positions.set(object.id, position);
    this.#objects[position] = object;
  }

  get(id: string): T | undefined {
    const position = this.#positions.get(id);
    return position === undefined ? undefined : this.#objects[position];
  }

  /** Oldest first. */
  all(): readonly T[] {
    return this.#objects;
  }
}

/**
 * The sandbox's books: everything it ever charged, in memory and, with a folder, in `ledger.jsonl`.
 * Append-only; a line is written before the answer leaves, so it outlives the process (not a power cut: no fsync).
 */
export class Ledger {
  readonly intents = new Shelf<PaymentIntent>();
  readonly charges = new Shelf<Charge>();
  readonly refunds = new Shelf<Refund>();
  readonly balanceTransactions = new Shelf<BalanceTransaction>();
  readonly events = new Shelf<SandboxEvent>();
  readonly undelivered = new Set<string>();
  #file: number | undefined;
  #closed = false;

  /** @param onAnswer told of every kept answer and every forgetting while old lines are read */
  constructor(dataDir: string | undefined, onAnswer: (entry: Entry) => void) {
    if (dataDir === undefined) return;
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, 'ledger.jsonl');
    this.#file = openSync(path, 'a+');
    const written = readFileSync(path);
    const end = written.lastIndexOf(0x0a) + 1;
    // A line that lost its end belongs to a request that was never answered.
    if (end < written.length) ftruncateSync(this.#file, end);
    for (const line of written.toString('utf8', 0, end).split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Entry;
      this.#apply(entry);
      onAnswer(entry);
    }
  }

  /** @throws Error once closed: a request that outlived its server must not write into somebody else's file */
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

  /** The object of that id, of whatever kind. */
  find(id: string): Stored | undefined {
    for (const shelf of [this.charges, this.intents, this.balanceTransactions, this.refunds, this.events]) {
      const found = shelf.get(id);
      if (found) return found;
    }
    return undefined;
  }

  #apply(entry: Entry): void {
    for (const object of entry.put ?? []) this.#shelve(object);
    if (entry.delivered) {
      const event = this.events.get(entry.delivered);
      if (event) this.events.put({ ...event, pending_webhooks: 0 });
      this.undelivered.delete(entry.delivered);
    }
  }

  #shelve(object: Stored): void {
    switch (object.object) {
      case 'payment_intent':
        this.intents.put(object);
        return;
      case 'charge':
        this.charges.put(object);
        return;
      case 'refund':
        this.refunds.put(object);
        return;
      case 'balance_transaction':
        this.balanceTransactions.put(object);
        return;
      case 'event':
        if (object.pending_webhooks > 0) this.undelivered.add(object.id);
        this.events.put(object);
        return;
    }
  }
}
