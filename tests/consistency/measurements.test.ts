import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  measurementsIn,
  readMeasurements,
  withMeasurements,
  withOrderCalls,
} from '../../build/docs/measurements.ts';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';

/**
 * Figures that a command prints are copied from its record (docs/measurements); any other figure is labelled. The figures
 * of `npm run estimate:cost` are compared by costs.test.ts.
 */
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const records = readMeasurements();
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n');

test('every record is of a command and shown in one document', () => {
  const shown = documents.flatMap((path) => measurementsIn(text(path)));
  expect(shown.toSorted()).toEqual(nonEmpty([...records.keys()], 'the records').toSorted());
  for (const [name, { command }] of records)
    expect([name, text('docs/commands.md').includes(`\`${command}\``)]).toEqual([name, true]);
});

test('documents show the records as they are (npm run generate:docs updates them)', () => {
  const showing = documents.filter((path) => measurementsIn(text(path)).length > 0);
  for (const path of nonEmpty(showing, 'documents with records'))
    expect(text(path)).toBe(withMeasurements(text(path), records));
  const performance = text('docs/performance.md');
  expect(performance).toContain('<!-- counted: order-calls -->');
  expect(performance).toBe(withOrderCalls(performance));
});

const figure = /\d[\d.,]*\s?(?:ms|µs|MB|orders\/s|reads\/s|commits\/s|orders per second)(?![\w/])/;
/** How a section says where its figures come from, or that they are settings, which the code defines. */
const label =
  /\b[Ee]stimates?\b|[Mm]easured (?:once|again)|published quotas|\bsettings?\b|\blimit(?:ed)?\b|\bat most\b|[Tt]argets?\b|\battempts\b|`[\w/.-]+\.(?:ts|yml)`/;

/** The sections of a document, each with its heading, without blocks that are copied from records or are code. */
const sectionsOf = (document: string): string[] =>
  document
    .replaceAll(/<!-- (measured|counted): [\w-]+ -->.*?<!-- \/\1 -->/gs, '')
    .replaceAll(/^\s*```.*?^\s*```$/gms, '')
    .split(/^(?=#{1,4} )/m);

test('every other figure is in a section that says how it was obtained', () => {
  const withFigures = documents
    .filter((path) => path !== 'docs/cost.md')
    .flatMap((path) => sectionsOf(text(path)).map((section) => ({ path, section })))
    .filter(({ section }) => figure.test(section));
  const unlabelled = nonEmpty(withFigures, 'sections with figures').filter(
    ({ section }) => !label.test(section),
  );
  expect(
    unlabelled.map(({ path, section }) => `${path}: ${section.split('\n')[0]}: ${figure.exec(section)?.[0]}`),
  ).toEqual([]);
});

test('a price outside docs/cost.md is a list price, an estimate, or compared by costs.test.ts', () => {
  const priced = documents
    .filter((path) => !['docs/cost.md', 'README.md'].includes(path))
    .flatMap((path) => sectionsOf(text(path)).map((section) => ({ path, section })))
    .filter(({ section }) => /\$\d+(?:[.,]\d+)*[ ,;.)]/.test(section));
  const unlabelled = nonEmpty(priced, 'sections with prices').filter(
    ({ section }) => !/\b[Ll]ist prices?\b|\b[Ee]stimates?\b/.test(section),
  );
  expect(unlabelled.map(({ path, section }) => `${path}: ${section.split('\n')[0]}`)).toEqual([]);
});

test('a number of services in a document is the real one', async () => {
  const { deploymentOf } = await import('../../build/compiled.ts');
  const { functions } = await deploymentOf('dev');
  const services = new Set(
    functions.map(({ directory }) => directory).filter((each) => each.startsWith('services/')),
  );
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
  const stated = documents.flatMap((path) => [
    ...[...text(path).matchAll(/\b(\w+) services\b/gi)]
      .map(([, word = '']) => words.indexOf(word.toLowerCase()))
      .filter((count) => count > 4)
      .map((count) => [path, count, services.size]),
  ]);
  for (const [path, count, real] of nonEmpty(stated, 'counts')) expect([path, count]).toEqual([path, real]);
}, 60_000);
