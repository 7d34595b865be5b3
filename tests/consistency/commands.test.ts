import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/stacks.ts';

const maxCommands = 40;
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const page = readFileSync(join(root, 'docs', 'commands.md'), 'utf8');

test('docs/commands.md documents every npm script and no other', () => {
  const documented = [...page.matchAll(/^\| `npm (?:run )?([\w:-]+)` \| \S/gm)].map(([, name]) => name);
  expect(documented.toSorted()).toEqual(Object.keys(scripts).toSorted());
});

test(`npm run lists at most ${maxCommands} commands`, () => {
  expect(Object.keys(scripts).length).toBeGreaterThan(0);
  expect(Object.keys(scripts).length).toBeLessThanOrEqual(maxCommands);
});
