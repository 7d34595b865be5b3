/**
 * `npm run generate:docs`: writes docs/openapi.json, docs/asyncapi.json, the tables in docs/authorization.md, errors.md,
 * events.md and staff.md from code and compiled templates, and the figures in docs from docs/measurements. Tests fail
 * while one of them is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentOf } from '../compiled.ts';
import { root } from '../stacks.ts';
import { asyncApi } from './asyncapi.ts';
import { authorizationTable } from './authorization.ts';
import { withTable } from './between-markers.ts';
import { errorsTable } from './errors-table.ts';
import { eventsTable } from './events-table.ts';
import { readMeasurements, withMeasurements, withOrderCalls } from './measurements.ts';
import { permissionsTable } from './permissions-table.ts';
import { openapiFile, openapiText, serviceRoutes } from './service-routes.ts';

const rewrite = (name: string, table: string) => {
  const path = join(root, 'docs', name);
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), table));
};

rewrite('errors.md', await errorsTable());
rewrite('staff.md', permissionsTable(await serviceRoutes()));
rewrite('authorization.md', authorizationTable(await serviceRoutes()));
rewrite('events.md', eventsTable(await deploymentOf('dev')));
const records = readMeasurements();
for (const name of ['performance.md', 'functions.md']) {
  const path = join(root, 'docs', name);
  writeFileSync(path, withOrderCalls(withMeasurements(readFileSync(path, 'utf8'), records)));
}
writeFileSync(openapiFile, await openapiText());
writeFileSync(join(root, 'docs', 'asyncapi.json'), `${JSON.stringify(asyncApi(), null, 2)}\n`);
