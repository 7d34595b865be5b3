import { judgeZones } from './checks.ts';

describe('a domain', () => {
  test.each([
    ['is fine with the one zone that the operator names', 'Z1', ['Z1'], 'ok'],
    ['waits for its registrar when its zone is yet to be made', undefined, [], 'warning'],
    ['is not given a second zone unnoticed', undefined, ['Z1'], 'warning'],
    ['is not looked for in a zone that is not there', 'Z2', ['Z1'], 'missing'],
    ['is not looked for in an account without its zone', 'Z2', [], 'missing'],
    ['is not told from another of its name', 'Z1', ['Z1', 'Z2'], 'missing'],
  ])('%s', (_sentence, wanted, zones, outcome) => {
    expect(judgeZones('shop.test', wanted, zones).outcome).toBe(outcome);
  });
});
