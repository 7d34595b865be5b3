import { judgeZones } from './checks.ts';

describe('a domain', () => {
  test.each([
    ['is fine with the one zone that the operator names', ['Z1'], { wanted: 'Z1' }, 'ok'],
    ['is fine with the zone that its own stack made', ['Z1'], { made: 'Z1' }, 'ok'],
    ['waits for its registrar when its zone is yet to be made', [], {}, 'warning'],
    ['is given no second zone', ['Z1'], {}, 'missing'],
    ['is given no second zone when its stack’s own is gone', ['Z1'], { made: 'Z2' }, 'missing'],
    ['is not looked for in a zone that is not there', ['Z1'], { wanted: 'Z2' }, 'missing'],
    ['is not looked for in an account without its zone', [], { wanted: 'Z2' }, 'missing'],
    ['is not told from another of its name', ['Z1', 'Z2'], { wanted: 'Z1' }, 'missing'],
  ])('%s', (_sentence, zones, ids, outcome) => {
    expect(judgeZones('shop.test', zones, ids).outcome).toBe(outcome);
  });

  test('is said how to keep its zone', () => {
    expect(judgeZones('shop.test', ['Z1'], {}).remedy).toBe('export SHOP_HOSTED_ZONE_ID=Z1');
  });
});
