import { render, sql } from './sql.ts';

describe('sql', () => {
  test('a value becomes a numbered parameter', () => {
    expect(render(sql`SELECT ${1}, ${'two'}`)).toEqual({ text: 'SELECT $1, $2', parameters: [1, 'two'] });
  });

  test('a nested piece becomes part of the text, with its parameters numbered', () => {
    const guard = sql`id = ${'a'} AND version = ${3}`;
    expect(render(sql`UPDATE t SET x = ${true} WHERE ${guard} RETURNING ${null}::text`)).toEqual({
      text: 'UPDATE t SET x = $1 WHERE id = $2 AND version = $3 RETURNING $4::text',
      parameters: [true, 'a', 3, null],
    });
  });

  test('a value that looks like SQL stays a value', () => {
    expect(render(sql`SELECT ${"'; DROP TABLE t; --"}`).text).toBe('SELECT $1');
  });
});
