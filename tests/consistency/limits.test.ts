import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceRoutes } from '../../build/docs/service-routes.ts';
import { failureLimits, requestLimits } from '../../services/users/src/domain/limits.ts';
import { limitOverrides, named } from '../../shared/limits/overrides.ts';
import { nonEmpty } from '../setup/non-empty.ts';

const root = join(import.meta.dirname, '../..');
const all = { ...requestLimits, ...failureLimits };
const stages = readFileSync(join(root, 'shared/serverless/stages.yml'), 'utf8');

test('docs/limits.md has every limit with its figures', () => {
  const rows = readFileSync(join(root, 'docs/limits.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/[|` ]+/g, ' ').trim());
  expect(nonEmpty(rows)).toEqual(
    Object.entries(all).map(([name, { limit, windowSeconds }]) => `${name} ${limit} ${windowSeconds}`),
  );
});

test('the limits that routes name are those of the service', async () => {
  const routes = (await serviceRoutes()).flatMap(({ routes }) => routes);
  const used = new Set(routes.flatMap(({ limits = [] }) => limits.map(({ name }) => name)));
  expect([...used].toSorted()).toEqual(Object.keys(all).toSorted());
});

test('a delay ends before failures are forgotten, and what stages override exists', () => {
  for (const { maxDelaySeconds, windowSeconds } of Object.values(failureLimits))
    expect(maxDelaySeconds).toBeLessThanOrEqual(windowSeconds);
  const overrides = [...stages.matchAll(/rateLimits: (?:&\w+ )?'([^']*)'/g)].map(([, text]) => text ?? '');
  for (const text of nonEmpty(overrides)) expect(() => named(all, limitOverrides.parse(text))).not.toThrow();
});
