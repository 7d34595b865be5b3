import { lost } from './ledger.ts';

const promised = [
  { id: 'a', at: 1_000 },
  { id: 'b', at: 2_000 },
  { id: 'c', at: 3_000 },
];

describe('what was lost', () => {
  test('is nothing when everything is there', () => {
    expect(lost(promised, new Set(['a', 'b', 'c']), 4_000)).toEqual({ ids: [], seconds: 0 });
  });
  test('reaches back to the first promise that was not kept', () => {
    expect(lost(promised, new Set(['a', 'c']), 4_000)).toEqual({ ids: ['b'], seconds: 2 });
  });
});
