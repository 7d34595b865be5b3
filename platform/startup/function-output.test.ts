import { formatOutput } from './function-output.ts';

test.each([
  [
    '{"level":"ERROR","message":"no stock","error":{"name":"Conflict","message":"sold out"}}',
    'f: no stock: Conflict: sold out',
  ],
  ['{"message":"Invoke Error","errorMessage":"boom"}', 'f: Invoke Error: boom'],
  ['{"message":"slow"}', 'f: slow'],
  ['plain', 'f: plain'],
  ['[1]', 'f: [1]'],
])('a line %s of a function is shown as %s', (line, shown) => {
  expect(formatOutput({ name: 'f', line })).toBe(shown);
});
