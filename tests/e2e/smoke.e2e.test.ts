import { ask, questions } from '../../operations/smoke.ts';
import { setting } from './support/shop.ts';

/** The smoke test that production is asked after a deployment must itself hold for a sound shop. */
describe('the smoke test', () => {
  test.each(questions.map((question) => [question.what, question] as const))(
    '%s',
    async (_what, question) => {
      expect(await ask(setting('E2E_BASE_URL'), question)).toBeUndefined();
    },
  );

  test('tells what is wrong', async () => {
    const wrong = await ask(setting('E2E_BASE_URL'), { path: '/api/v1/orders', status: 200, what: '' }, 1);
    expect(wrong).toContain('401 instead of 200');
  });
});
