import { nameQuery, nameWords } from './name-search.ts';

describe('a name is found by its words', () => {
  test.each([
    ['Anne-Zoë O’Neill', ['anne', 'zoe', 'o', 'neill']],
    ['ＡＤＡ  ada', ['ada']],
    ['Łukasz Ćwik', ['łukasz', 'cwik']],
    ['山田 太郎', ['山田', '太郎']],
    ["'; DROP", ['drop']],
    ['🙂', []],
  ])('%s', (name, words) => {
    expect(nameWords(name)).toEqual(words);
  });

  test('each of which may be given by its beginning', () => {
    expect(nameQuery('love a')).toBe("'love':* & 'a':*");
  });
});
