/**
 * The words by which an account is found: letters and digits of the name, without accents, in lower case. `Anne-Zoë O’Neill`
 * has `anne`, `zoe`, `o` and `neill`.
 */
export const nameWords = (text: string): string[] => [
  ...new Set(
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  ),
];

/** A condition of PostgreSQL's text search, as `tsquery`: every word of the text begins a word of the name. */
export const nameQuery = (text: string): string =>
  nameWords(text)
    .map((word) => `'${word}':*`)
    .join(' & ');
