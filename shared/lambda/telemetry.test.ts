import { Unavailable } from '../errors.ts';
import { logger } from './telemetry.ts';

/** What a call writes, on whichever stream. */
function written(log: () => void): string {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  const lines: string[] = [];
  for (const stream of streams) stream.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  try {
    log();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index]!;
  }
  return lines.join('');
}

/** As `pg` makes them: the row that was refused hangs on the error. */
const fromDatabase = () =>
  Object.assign(new Error('new row for relation "shipping_info" violates check constraint'), {
    name: 'error',
    code: '23514',
    constraint: 'shipping_info_check',
    detail: 'Failing row contains (Ada Lovelace, 12 St James Square).',
  });
/** An error of Stripe's SDK: it has the response as a property. */
const fromProvider = () =>
  Object.assign(new Error('busy'), { raw: { payment_intent: { client_secret: 'pi_1_secret_2' } } });

describe('a log of an error', () => {
  test('contains its name and its origin', () => {
    const { error } = JSON.parse(written(() => logger.error('unhandled error', fromDatabase())));
    expect(error).toMatchObject({
      name: 'error',
      message: expect.stringContaining('shipping_info'),
      stack: expect.stringContaining('telemetry.test'),
      code: '23514',
      constraint: 'shipping_info_check',
    });
  });

  test.each([
    ['of the database, with the row', () => fromDatabase()],
    ['of the provider, with its response', () => fromProvider()],
    ['that was caused by one', () => new Unavailable('Not now.', { cause: fromProvider() })],
    ['of several', () => new AggregateError([fromDatabase(), fromProvider()], 'all failed')],
  ])('%s, keeps personal data and secrets out', (_, make) => {
    const text = written(() => {
      logger.error('unhandled error', make());
      logger.warn('message failed', { error: make() });
    });
    expect(text.split('\n').filter(Boolean)).toHaveLength(2);
    expect(text).not.toMatch(/Lovelace|Square|_secret_/);
  });

  test('names the cause', () => {
    const text = written(() => logger.warn('x', new Unavailable('Not now.', { cause: fromProvider() })));
    expect(JSON.parse(text).error).toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'busy' } });
  });
});
