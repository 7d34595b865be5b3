import { StartError } from '../../build/start-error.ts';
import type { Persistence } from './fauxqs-internals.ts';

/** The engine's database, where all calls of one turn of the event loop are one transaction. */
export type BatchedPersistence = Persistence & {
  /** Resolves once everything written so far is in the database. Rejects when it could not be written. */
  committed(): Promise<void>;
  /** Writes what waits, now. */
  commit(): void;
};

/**
 * How long it may take until the database knows that a message is in somebody's hands. Most messages are handled and
 * deleted before, and then it never has to. After a kill such a message is there again at once, its last receive
 * not counted: whoever had it may have been killed too.
 */
const receiveWriteDelayMs = 1_000;

/**
 * Opens the messaging engine's database and mends four things of it:
 * - one process at a time: the operating system lets go of the lock when it ends, even by SIGKILL;
 * - a commit for all calls of one turn of the event loop, not per row, and not flushed to the disk each time: what
 *   was answered survives the end of the process, a power cut may cost the last moments (PostgreSQL, which holds the
 *   truth, does flush);
 * - receives are written behind (see above);
 * - a message made visible again keeps its receive count; the engine wrote an empty one, which the table refuses,
 *   so that the message was lost.
 * @throws StartError when another process has it open
 */
export function openPersistence(open: () => Persistence, dataDir: string): BatchedPersistence {
  return mend(openExclusively(open, dataDir));
}

function mend(plain: Persistence): BatchedPersistence {
  const persistence = plain as BatchedPersistence;
  // Moving the log into the database flushes both to the disk, and nothing else runs meanwhile: seldom, then.
  persistence.db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  batchCommits(persistence);
  const writeMarks = delayReceiveWrites(persistence);
  const close = persistence.close.bind(persistence);
  persistence.close = () => {
    writeMarks();
    persistence.commit();
    close();
  };
  return persistence;
}

/** Writers of single rows, for a server that does not call `transaction` itself. */
const rowWriters = [
  'insertMessage',
  'deleteMessage',
  'updateMessageInflight',
  'updateMessageReady',
  'updateQueueSequenceCounter',
] as const;

/**
 * Gives the engine's own server, which the floor of the benchmarks is measured with, the same database as the
 * platform's: commits by turn, receives written behind.
 */
export function batchWrites(plain: Persistence): void {
  const persistence = mend(plain);
  const writers = persistence as unknown as Record<string, (...values: unknown[]) => void>;
  for (const name of rowWriters) {
    const write = writers[name]?.bind(persistence);
    if (write) writers[name] = (...values) => persistence.transaction(() => write(...values));
  }
}

type Turn = { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void };

function batchCommits(persistence: BatchedPersistence): void {
  let turn: Turn | undefined;
  persistence.transaction = (work) => {
    if (turn === undefined) {
      persistence.db.exec('BEGIN');
      const begun = Promise.withResolvers<void>();
      begun.promise.catch(() => {}); // told to those who wait for it; a receive does not
      turn = begun;
      setImmediate(() => {
        if (turn === begun) persistence.commit();
      });
    }
    return work();
  };
  persistence.committed = () => turn?.promise ?? Promise.resolve();
  persistence.commit = () => {
    const ending = turn;
    if (ending === undefined) return;
    turn = undefined;
    try {
      // After a refusal too: what the engine holds in memory is not undone, and the two must agree.
      persistence.db.exec('COMMIT');
      ending.resolve();
    } catch (error) {
      if (persistence.db.isTransaction) persistence.db.exec('ROLLBACK');
      ending.reject(error);
    }
  };
}

/** Puts off the marks of received messages. The answer writes those that wait. */
function delayReceiveWrites(persistence: BatchedPersistence): () => void {
  const marks = new Map<string, Parameters<Persistence['updateMessageInflight']>>();
  const mark = persistence.updateMessageInflight.bind(persistence);
  const remove = persistence.deleteMessage.bind(persistence);
  const makeReady = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  let timer: NodeJS.Timeout | undefined;
  const writeMarks = () => {
    clearTimeout(timer);
    timer = undefined;
    if (marks.size > 0)
      persistence.transaction(() => {
        for (const one of marks.values()) mark(...one);
      });
    marks.clear();
  };
  persistence.updateMessageInflight = (...received) => {
    marks.set(received[0], received);
    timer ??= setTimeout(writeMarks, receiveWriteDelayMs).unref();
  };
  persistence.deleteMessage = (messageId) => {
    marks.delete(messageId);
    remove(messageId);
  };
  persistence.updateMessageReady = (messageId) => {
    const received = marks.get(messageId);
    marks.delete(messageId);
    if (received) mark(...received); // which counts the receive
    makeReady.run(messageId);
  };
  return writeMarks;
}

function openExclusively(open: () => Persistence, dataDir: string): Persistence {
  try {
    const persistence = open();
    persistence.db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return persistence;
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new StartError(`Another platform uses the data folder ${dataDir}: stop it, or choose another one.`);
  }
}
