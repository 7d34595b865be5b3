import { type Request, reportOf } from './log.ts';

const request = (startedAt: number, rest: Partial<Request>): Request => ({
  what: 'place an order',
  startedAt,
  failures: [],
  ...rest,
});

describe('the report of a service', () => {
  test('counts a request as healed that was answered after another try', () => {
    const requests = [
      request(0, { answeredAt: 10 }),
      request(10, { failures: ['502', '502', 'ECONNRESET'], answeredAt: 900 }),
    ];
    const report = reportOf(requests, 0, 1000);
    expect(report).toMatchObject({ requests: 2, healed: 1, unhealed: [], longestWaitMs: 890 });
    expect([...report.failures]).toEqual([
      ['502', 2],
      ['ECONNRESET', 1],
    ]);
  });

  test('names what no retry healed', () => {
    const lost = request(0, { failures: ['502'], givenUp: '403' });
    expect(reportOf([lost], 0, 10)).toMatchObject({ healed: 0, unhealed: [lost] });
  });

  test('has the longest time without a good answer, the ends of the load included', () => {
    const at = (...times: number[]) => times.map((answeredAt) => request(0, { answeredAt }));
    expect(reportOf(at(400, 100, 450), 0, 500).longestGapMs).toBe(300);
    expect(reportOf(at(100), 0, 500).longestGapMs).toBe(400);
    expect(reportOf([], 0, 500).longestGapMs).toBe(500);
  });
});
