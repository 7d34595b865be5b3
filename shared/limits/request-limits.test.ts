import { TooManyRequests } from '../errors.ts';
import type { LimitStore } from './limits.ts';
import { requestLimits } from './request-limits.ts';
import { byHandler, perClient, perField } from './route-limits.ts';

const figures = { limit: 2, windowSeconds: 60 };

/** Limits that count without a clock. */
function counted(allowed = 2) {
  const taken: string[] = [];
  const store: LimitStore = {
    take: async ({ name }, partition) => {
      taken.push(`${name} ${partition}`);
      const remaining = allowed - taken.length;
      return { allowed: remaining >= 0, remaining: Math.max(0, remaining), resetSeconds: 60 };
    },
    begin: async () => ({ kind: 'busy' }),
  };
  const routeLimits = [
    perClient('test-client'),
    perField('test-account', 'email'),
    byHandler('test-failures'),
  ];
  const limits = { store, named: (name: string) => ({ name, ...figures }), clock: () => new Date() };
  return { taken, limits: requestLimits(limits, routeLimits) };
}

const request = { client: { address: '2001:db8:1:2:3:4:5:6' }, body: { email: 'ada@example.com' } };
const policy = '"test-client";q=2;w=60, "test-account";q=2;w=60, "test-failures";q=2;w=60';

describe('the limits of a request', () => {
  test('count by client and by account, and say what remains', async () => {
    const { taken, limits } = counted();
    expect(limits.headers()).toEqual({ 'RateLimit-Policy': policy });
    await limits.takeAll(request);
    expect(taken).toEqual(['test-client 2001:db8:1:2::/64', 'test-account ada@example.com']);
    expect(limits.headers()).toEqual({
      'RateLimit-Policy': policy,
      RateLimit: '"test-client";r=1;t=60, "test-account";r=0;t=60',
    });
  });

  test('count a request that one of them refuses in no further one', async () => {
    const { taken, limits } = counted(0);
    const refusal = await limits.takeAll(request).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TooManyRequests);
    expect((refusal as InstanceType<typeof TooManyRequests>).retryAfterSeconds).toBe(60);
    expect(taken).toEqual(['test-client 2001:db8:1:2::/64']);
    expect(limits.headers()['RateLimit']).toBe('"test-client";r=0;t=60');
  });

  test('that the handler counts are reported by it', () => {
    const { limits } = counted();
    limits.report({ name: 'test-failures', ...figures }, { remaining: 0, resetSeconds: 9 });
    expect(limits.headers()['RateLimit']).toBe('"test-failures";r=0;t=9');
  });
});
