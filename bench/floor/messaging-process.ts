import { startFauxqs } from 'fauxqs';

/** The messaging engine alone in a process, as its own server: `node messaging-process.ts DATA_DIR`. Ends with its parent. */
const server = await startFauxqs({
  port: 0,
  host: '127.0.0.1',
  dataDir: process.argv[2] ?? '',
  defaultRegion: 'eu-west-1',
  logger: false,
});
process.send?.({ port: server.port });
process.on('disconnect', () => process.exit(0));
