import { failureOf, smokeChecks } from '../../operations/check-api.ts';
import { setting } from './support/shop.ts';

/** The smoke test that runs after each deployment must pass for a working shop. */
describe('the smoke test', () => {
  test.each(smokeChecks.map((check) => [check.what, check] as const))('%s', async (_what, check) => {
    expect(await failureOf(setting('E2E_BASE_URL'), check)).toBeUndefined();
  });

  test('reports an unexpected status', async () => {
    const check = { path: '/api/v1/orders', status: 200, what: '' };
    const failure = await failureOf(setting('E2E_BASE_URL'), check, 1);
    expect(failure).toContain('401 instead of 200');
  });
});
