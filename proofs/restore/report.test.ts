import type { Report } from './drill.ts';
import { inWords } from './report.ts';

const nothing = { count: 0, of: 10, seconds: 0 };
const aReport = (changes: Partial<Report> = {}): Report => ({
  checks: [{ name: 'no dead letters', wrong: [] }],
  orders: { promised: 10, soldOut: 0, paid: 10, wantOfStock: 0, askedAgain: 0 },
  rto: { firstOrder: 9, caughtUp: 20 },
  rpo: {
    ordersInDatabase: nothing,
    ordersByArchiveAlone: { count: 3, of: 10, seconds: 4 },
    tables: { ...nothing, copyAge: 3 },
    files: nothing,
  },
  repeatedMails: 0,
  replayed: [],
  ...changes,
});
const passes = (changes: Partial<Report> = {}) => inWords(aReport(changes)).passed;

describe('a drill', () => {
  test('passes when only what the archive had not received is missing from the archive', () => {
    expect(passes()).toBe(true);
  });
  test('fails when a committed order is lost', () => {
    expect(passes({ rpo: { ...aReport().rpo, ordersInDatabase: { count: 1, of: 10, seconds: 0.1 } } })).toBe(
      false,
    );
  });
  test('fails when the archive is behind by more than five minutes', () => {
    expect(
      passes({ rpo: { ...aReport().rpo, ordersByArchiveAlone: { count: 9, of: 10, seconds: 301 } } }),
    ).toBe(false);
  });
  test('fails when no order was taken again', () => {
    expect(passes({ rto: { firstOrder: Number.NaN, caughtUp: 20 } })).toBe(false);
  });
  test('fails with a check, and says of what', () => {
    const { passed, lines } = inWords(
      aReport({ checks: [{ name: 'no dead letters', wrong: ['stock-dlq'] }] }),
    );
    expect(passed).toBe(false);
    expect(lines.slice(-2)).toEqual(['FAILED no dead letters', '         stock-dlq']);
  });
});
