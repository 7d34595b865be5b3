import type { RequestLog } from '../load/customer.ts';
import { reportOf } from './service-report.ts';

const request = (startedAt: number, rest: Partial<RequestLog>): RequestLog => ({
  what: 'place an order',
  startedAt,
  failures: [],
  ...rest,
});

describe('the service report', () => {
  test('counts a request that succeeded on a retry', () => {
    const requests = [
      request(0, { completedAt: 10 }),
      request(10, { failures: ['502', '502', 'ECONNRESET'], completedAt: 900 }),
    ];
    const report = reportOf(requests, 0, 1000);
    expect(report).toMatchObject({ requests: 2, retried: 1, failed: [], longestRequestMs: 890 });
    expect([...report.failures]).toEqual([
      ['502', 2],
      ['ECONNRESET', 1],
    ]);
  });

  test('lists requests that failed despite retries', () => {
    const lost = request(0, { failures: ['502'], error: '403' });
    expect(reportOf([lost], 0, 10)).toMatchObject({ retried: 0, failed: [lost] });
  });

  test('has the longest time without a successful response, including both ends of the load', () => {
    const at = (...times: number[]) => times.map((completedAt) => request(0, { completedAt }));
    expect(reportOf(at(400, 100, 450), 0, 500).longestGapMs).toBe(300);
    expect(reportOf(at(100), 0, 500).longestGapMs).toBe(400);
    expect(reportOf([], 0, 500).longestGapMs).toBe(500);
  });
});
