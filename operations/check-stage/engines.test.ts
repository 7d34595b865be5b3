import { compiled } from '../../build/compiled.ts';
import { judgeEngine, pinnedEngines } from './engines.ts';

const postgres = { service: 'rds', engine: 'postgres', version: '15.18', region: 'eu-west-1' } as const;

describe('pinned engine versions', () => {
  test('are read from the templates', async () => {
    const pinned = pinnedEngines(await compiled('dev'), 'eu-west-1').map(({ engine }) => engine);
    expect(pinned.toSorted()).toEqual(['postgres', 'redis']);
  }, 180_000);

  test('must be among those that AWS still creates', () => {
    expect(judgeEngine(postgres, ['14.22', '15.17', '15.18']).outcome).toBe('ok');
    expect(judgeEngine(postgres, ['14.22', '15.19', '15.20', '16.3'])).toMatchObject({
      outcome: 'missing',
      found: 'eu-west-1 creates no postgres 15.18 any more; of postgres 15 it creates 15.19, 15.20',
      remedy: expect.stringContaining('15.20'),
    });
  });
});
