import { startFauxqs } from 'fauxqs';
import { fauxqsModule, type Persistence } from '../../platform/engines/fauxqs-internals.ts';
import { batchWrites } from '../../platform/engines/messaging-persistence.ts';

/**
 * The messaging engine alone in a process, as its own server: `node messaging-process.ts DATA_DIR`. Ends with its
 * parent. As durable and as fast as the platform runs it: everything survives the process, nothing is flushed per
 * message, and the calls of one turn are one commit.
 */
const { PersistenceManager } = await fauxqsModule('persistence.js');
const load = PersistenceManager.prototype.load;
PersistenceManager.prototype.load = function (this: Persistence, ...stores) {
  batchWrites(this);
  return load.apply(this, stores);
};

const server = await startFauxqs({
  port: 0,
  host: '127.0.0.1',
  dataDir: process.argv[2] ?? '',
  defaultRegion: 'eu-west-1',
  logger: false,
});
process.send?.({ port: server.port });
process.on('disconnect', () => process.exit(0));
