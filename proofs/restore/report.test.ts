import { formatReport, type Report } from './report.ts';

const noLoss = { count: 0, of: 10, seconds: 0 };
const aReport = (changes: Partial<Report> = {}): Report => ({
  checks: [{ name: 'queues are empty', violations: [] }],
  orders: { confirmed: 10, soldOut: 0, paid: 10, refunded: 0, retried: 0 },
  rto: { firstOrder: 9, idle: 20 },
  rpo: {
    ordersInDatabase: noLoss,
    ordersInArchive: { count: 3, of: 10, seconds: 4 },
    tables: { ...noLoss, copyAge: 3 },
    files: noLoss,
  },
  repeatedMails: 0,
  republished: [],
  ...changes,
});
const passes = (changes: Partial<Report> = {}) => formatReport(aReport(changes)).passed;
const rpoWith = (changes: Partial<Report['rpo']>) => ({ rpo: { ...aReport().rpo, ...changes } });

describe('a drill', () => {
  test('passes when the archive lacks only what it had not received', () => {
    expect(passes()).toBe(true);
  });
  test('fails when a committed order is lost', () => {
    expect(passes(rpoWith({ ordersInDatabase: { count: 1, of: 10, seconds: 0.1 } }))).toBe(false);
  });
  test('fails when the archive is more than five minutes behind', () => {
    expect(passes(rpoWith({ ordersInArchive: { count: 9, of: 10, seconds: 301 } }))).toBe(false);
  });
  test('fails when no order was accepted after the restoration', () => {
    expect(passes({ rto: { firstOrder: Number.NaN, idle: 20 } })).toBe(false);
  });
  test('fails with a check, and reports its violations', () => {
    const { passed, lines } = formatReport(
      aReport({ checks: [{ name: 'queues are empty', violations: ['stock-dlq'] }] }),
    );
    expect(passed).toBe(false);
    expect(lines.slice(-2)).toEqual(['FAILED queues are empty', '         stock-dlq']);
  });
});
