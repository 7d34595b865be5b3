import { isBackedUp, isLog } from './cluster-files.ts';

describe('a base backup', () => {
  test.each(['PG_VERSION', 'base/5/16384', 'global/pg_control', 'pg_wal', 'pg_xact/0000', 'tablespace_map'])(
    'takes %s',
    (path) => expect(isBackedUp(path)).toBe(true),
  );
  test.each([
    'pg_wal/000000010000000000000001',
    'pg_replslot/other',
    'postmaster.pid',
    'base/pgsql_tmp/pgsql_tmp12.0',
    'base/5/pg_internal.init',
  ])('leaves %s out', (path) => expect(isBackedUp(path)).toBe(false));
});

test.each([
  ['000000010000000000000003', true],
  ['00000002.history', true],
  ['archive_status', false],
  ['000000010000000000000003.part', false],
  ['000000010000000000000001.00000028.backup', false],
])('of the log: %s is %s', (name, is) => expect(isLog(name)).toBe(is));
