import { dataLoss } from './data-loss.ts';

const confirmed = [
  { id: 'a', at: 1_000 },
  { id: 'b', at: 2_000 },
  { id: 'c', at: 3_000 },
];

describe('data loss', () => {
  test('is zero when everything is found', () => {
    expect(dataLoss(confirmed, new Set(['a', 'b', 'c']), 4_000)).toEqual({ count: 0, of: 3, seconds: 0 });
  });
  test('is measured from the oldest missing item', () => {
    expect(dataLoss(confirmed, new Set(['a', 'c']), 4_000)).toEqual({ count: 1, of: 3, seconds: 2 });
  });
});
