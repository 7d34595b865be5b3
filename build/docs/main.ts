/** Writes the tables of docs/ from code and compiled templates: `npm run docs`. A test fails while they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentOf } from '../compiled.ts';
import { root } from '../stacks.ts';
import { asyncApi } from './asyncapi.ts';
import { withTable } from './between-markers.ts';
import { errorsTable } from './errors-table.ts';
import { eventsTable } from './events-table.ts';

const rewrite = (name: string, table: string) => {
  const path = join(root, 'docs', name);
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), table));
};

rewrite('errors.md', await errorsTable());
rewrite('events.md', eventsTable(await deploymentOf('dev')));
writeFileSync(join(root, 'docs', 'asyncapi.json'), `${JSON.stringify(asyncApi(), null, 2)}\n`);
