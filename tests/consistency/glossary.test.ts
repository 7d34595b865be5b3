import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

/** The rows `| term | meaning | where |` of the glossary, without the heads of its tables. */
const rows = nonEmpty(
  readFileSync(join(root, 'docs/glossary.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[ -]*-[ -|]*$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, term]) => term !== 'term'),
  'the glossary',
);
const exported = new Set(
  [
    ...execFileSync(
      'git',
      ['grep', '-hoE', '^export (async )?(const|function|class|type) \\w+', '--', '*.ts'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ).matchAll(/ (\w+)$/gm),
  ].map(([, name]) => name),
);

test.each(rows)('%s%s exists in the code', (_margin, term, _meaning, where = '') => {
  expect(exported.size).toBeGreaterThan(500);
  const names = [...where.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  expect([term, names]).not.toEqual([term, []]);
  for (const name of names)
    expect([term, name, exported.has(name) || existsSync(join(root, name))]).toEqual([term, name, true]);
});

test('no term has two meanings', () => {
  const terms = rows.map(([, term]) => term);
  expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
});
