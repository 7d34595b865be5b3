import { randomUUID } from 'node:crypto';
import { testLimitStore } from '../testing/limit-contract.ts';
import { aMigratedDatabase, opened } from '../testing/postgres.ts';
import { deleteExpiredLimits, postgresLimits } from './limits.ts';

const { at, database } = await aMigratedDatabase();
const stores = [postgresLimits(database), postgresLimits(opened(at))] as const;

describe('limits in PostgreSQL', () => {
  testLimitStore(() => stores);

  test('are deleted when they say nothing any more', async () => {
    await database.query('TRUNCATE request_limits, failed_attempts');
    const now = new Date();
    const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
    const limit = { name: 'test-expiry', limit: 1, windowSeconds: 60 };
    const delays = { firstDelaySeconds: 60, maxDelaySeconds: 60, resetBySuccess: false };
    await stores[0].take(limit, randomUUID(), now);
    const begun = await stores[0].begin({ ...limit, ...delays }, randomUUID(), now);
    if (begun.kind === 'begun') await begun.end('failed', now);
    expect(await deleteExpiredLimits(database, later(59))).toBe(0);
    expect(await deleteExpiredLimits(database, later(60))).toBe(2);
  });

  test('store no address', async () => {
    await stores[0].take({ name: 'test-text', limit: 1, windowSeconds: 60 }, 'ada@example.com', new Date());
    const rows = await database.query<{ text: string }>(
      `SELECT encode(key, 'escape') AS text FROM request_limits`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('ada');
  });
});
