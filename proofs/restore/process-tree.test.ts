import { below } from './process-tree.ts';

describe('a process tree', () => {
  test('holds all generations, parents first, and no neighbour', () => {
    const lines = '    1     0\n   10     1\n   11    10\n   12    11\n   13    10\n   20     1\n';
    expect(below(10, lines)).toEqual([10, 11, 13, 12]);
  });
  test('of a process that ended is the process alone', () => {
    expect(below(99, '1 0\n10 1')).toEqual([99]);
  });
});
