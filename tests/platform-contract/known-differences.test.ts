import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownDifferences } from '../../proofs/known-differences.ts';

const here = import.meta.dirname;
const read = (path: string) => readFileSync(join(here, path), 'utf8');
const suite = readdirSync(here)
  .filter((name) => name.endsWith('.contract.test.ts'))
  .map(read)
  .join('\n');
const docs = read('../../docs/platform-differences.md');
const named = Object.values(knownDifferences).flatMap((differences) => Object.keys(differences));

describe('a known difference', () => {
  test.each(named)('“%s” is a test of the suite', (sentence) => {
    expect(suite).toContain(`awsBehaviour('${sentence}'`);
  });

  test.each(named)('“%s” is documented with a page of AWS', (sentence) => {
    const section = docs.split('\n').find((line) => line.includes(sentence));
    expect(section).toMatch(/https:\/\/docs\.aws\.amazon\.com\/\S+/);
  });
});
