import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentOf } from '../../build/compiled.ts';
import { asyncApi } from '../../build/docs/asyncapi.ts';
import { authorizationTable } from '../../build/docs/authorization.ts';
import { withTable } from '../../build/docs/between-markers.ts';
import { errorsTable, everyError } from '../../build/docs/errors-table.ts';
import { eventsTable } from '../../build/docs/events-table.ts';
import { permissionsTable } from '../../build/docs/permissions-table.ts';
import { serviceRoutes } from '../../build/docs/service-routes.ts';
import { root } from '../../build/stacks.ts';

const document = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

describe('generated documents match the code (npm run generate:docs updates them)', () => {
  test('docs/errors.md has every error', async () => {
    expect(document('errors.md')).toBe(withTable(document('errors.md'), await errorsTable()));
  });

  test('a code has one meaning', async () => {
    const errors = await everyError();
    const meanings = new Map(errors.map(({ code, title, remedy }) => [code, `${title} ${remedy}`]));
    for (const { code, title, remedy } of errors)
      expect([code, `${title} ${remedy}`]).toEqual([code, meanings.get(code)]);
  });

  test('docs/staff.md has every permission with its roles and routes', async () => {
    const table = permissionsTable(await serviceRoutes());
    expect(document('staff.md')).toBe(withTable(document('staff.md'), table));
  });

  test('docs/authorization.md has every route', async () => {
    const routes = await serviceRoutes();
    expect(document('authorization.md')).toBe(
      withTable(document('authorization.md'), authorizationTable(routes)),
    );
  });

  test('docs/events.md has every event with its subscribers', async () => {
    expect(document('events.md')).toBe(
      withTable(document('events.md'), eventsTable(await deploymentOf('dev'))),
    );
  }, 60_000);

  test('docs/asyncapi.json matches the catalogue', () => {
    expect(JSON.parse(document('asyncapi.json'))).toEqual(JSON.parse(JSON.stringify(asyncApi())));
  });
});
