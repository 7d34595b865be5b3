import { judgeZones } from './checks.ts';

describe('a domain', () => {
  test.each([
    ['is ok with the only zone, which the operator names', ['Z1'], { wanted: 'Z1' }, 'ok'],
    ['is ok with the zone that its stack created', ['Z1'], { created: 'Z1' }, 'ok'],
    ['has a warning before its zone is created', [], {}, 'warning'],
    ['gets no second zone', ['Z1'], {}, 'missing'],
    ['gets no second zone when its stack’s zone was deleted', ['Z1'], { created: 'Z2' }, 'missing'],
    ['needs the zone that the operator names', ['Z1'], { wanted: 'Z2' }, 'missing'],
    ['needs a zone in this account', [], { wanted: 'Z2' }, 'missing'],
    ['needs exactly one zone', ['Z1', 'Z2'], { wanted: 'Z1' }, 'missing'],
  ])('%s', (_sentence, zones, ids, outcome) => {
    expect(judgeZones('shop.test', zones, ids).outcome).toBe(outcome);
  });

  test('keeps its zone with the remedy', () => {
    expect(judgeZones('shop.test', ['Z1'], {}).remedy).toBe('export SHOP_HOSTED_ZONE_ID=Z1');
  });
});
