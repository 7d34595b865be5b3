import { until } from '../../local/demo/errands.ts';
import { control } from './support/control.ts';
import { visitor } from './support/shop.ts';

afterEach(() => control.clearFaults());

/** Longer than a claim on events (20 s) and than the queue keeps a message from others (31 s). */
const patienceMs = 60_000;

const welcomesTo = async (email: string) =>
  (await control.mails()).filter(({ to, subject }) => to.includes(email) && subject === 'Welcome').length;

describe('a customer is welcomed once', () => {
  test(
    'although SES fails at first, and although another’s event cannot be published at first',
    async () => {
      await control.fault({
        service: 'ses',
        kind: 'error',
        function: 'shop-notifications-local-on-customer-event',
        count: 2,
      });
      const unmailed = await visitor().register('Ses Fails');
      await until(control.faults, (rules) => rules.some(({ hits }) => hits >= 2));
      await control.clearFaults();
      await control.fault({ service: 'sns', kind: 'error', function: 'shop-users-local-register' });
      const unannounced = await visitor().register('Sns Fails');
      await control.clearFaults();
      expect(await welcomesTo(unmailed.email)).toBe(0);
      await until(
        async () => {
          await control.runSchedule('shop-users-local-relay-outbox');
          return Promise.all([unmailed, unannounced].map(({ email }) => welcomesTo(email)));
        },
        (welcomes) => welcomes.every((count) => count === 1),
        patienceMs,
      );
    },
    patienceMs + 30_000,
  );
});
