import type { Persistence } from './fauxqs-parts.ts';
import { StartError } from './start-error.ts';

/**
 * Opens the messaging engine's database and mends three things of it:
 * - one process at a time: the operating system lets go of the lock when it ends, even by SIGKILL;
 * - a commit per call, not per row, and not flushed to the disk each time: everything survives the end of the
 *   process, a power cut may cost the last moments (PostgreSQL, which holds the truth, does flush);
 * - a message made visible again keeps its receive count; the engine wrote an empty one, which the table refuses,
 *   so that the message was lost.
 * @throws StartError when another process has it open
 */
export function openPersistence(open: () => Persistence, dataDir: string): Persistence {
  const persistence = openExclusively(open, dataDir);
  let depth = 0;
  persistence.transaction = (work) => {
    if (depth > 0) return work();
    depth += 1;
    persistence.db.exec('BEGIN');
    try {
      return work();
    } finally {
      depth -= 1;
      // Committed after a refusal too: what the engine holds in memory is not undone, and the two must agree.
      persistence.db.exec('COMMIT');
    }
  };
  const makeReady = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void makeReady.run(messageId);
  return persistence;
}

function openExclusively(open: () => Persistence, dataDir: string): Persistence {
  try {
    const persistence = open();
    persistence.db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT',
    );
    return persistence;
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new StartError(`Another platform uses the data folder ${dataDir}: stop it, or choose another one.`);
  }
}
