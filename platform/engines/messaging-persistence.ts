import { StartError } from '../../build/start-error.ts';
import type { Persistence } from './fauxqs-internals.ts';

/** The engine's database, with one transaction for all calls of a turn of the event loop. */
type BatchedPersistence = Persistence & {
  /** Resolves when all writes so far are committed. Rejects when the commit failed. */
  committed(): Promise<void>;
  /** Commits immediately. */
  commit(): void;
};

/**
 * How long the write of a receive may be delayed. Most messages are deleted before and then never need it. After a
 * kill such a message is visible again at once, without its last receive: its receiver may have been killed too.
 */
const receiveWriteDelayMs = 1_000;

/**
 * Opens the messaging engine's database with four changes:
 * - one process at a time: the operating system releases the lock when the process ends, even by SIGKILL;
 * - one commit for all calls of a turn of the event loop, not flushed to disk: committed calls survive the end of the
 *   process, but not a power failure (PostgreSQL, the system of record, does flush);
 * - receives are written later (see above);
 * - a message made visible again retains its receive count; the engine writes NULL, which the table rejects, and loses
 *   the message.
 * @throws StartError when another process has it open
 */
export function openPersistence(open: () => Persistence, dataDir: string): BatchedPersistence {
  return configure(openExclusively(open, dataDir));
}

function configure(plain: Persistence): BatchedPersistence {
  const persistence = plain as BatchedPersistence;
  // A checkpoint flushes to disk and blocks the process, so it should be rare.
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

/** Methods that write rows, for a server that does not call `transaction` itself. */
const rowWriters = [
  'insertMessage',
  'deleteMessage',
  'updateMessageInflight',
  'updateMessageReady',
  'updateQueueSequenceCounter',
] as const;

/** Gives the engine's own server, used by the benchmarks' floor, the same database settings as the platform's. */
export function batchWrites(plain: Persistence): void {
  const persistence = configure(plain);
  for (const name of rowWriters) {
    const write = persistence[name].bind(persistence) as (...values: unknown[]) => void;
    persistence[name] = (...values: unknown[]) => persistence.transaction(() => write(...values));
  }
}

type Turn = { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void };

function batchCommits(persistence: BatchedPersistence): void {
  let turn: Turn | undefined;
  persistence.transaction = (work) => {
    if (turn === undefined) {
      persistence.db.exec('BEGIN');
      const begun = Promise.withResolvers<void>();
      begun.promise.catch(() => {}); // reported to callers that wait; a receive does not wait
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
      // Also after an error: the engine's memory is not rolled back and must match the database.
      persistence.db.exec('COMMIT');
      ending.resolve();
    } catch (error) {
      if (persistence.db.isTransaction) persistence.db.exec('ROLLBACK');
      ending.reject(error);
    }
  };
}

/** Delays the writes of receives. Returns a function that writes those that are pending. */
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
    if (received) mark(...received); // counts the receive
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
