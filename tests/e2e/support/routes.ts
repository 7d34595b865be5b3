import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '../../../shared/http/route.ts';

const services = join(import.meta.dirname, '..', '..', '..', 'services');

/** Every route of every service, as the code that parses requests declares it. */
export async function everyRoute(): Promise<Route[]> {
  const folders = readdirSync(services, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const modules = await Promise.all(
    folders.map(({ name }) => import(join(services, name, 'src', 'api.ts')) as Promise<{ routes: Route[] }>),
  );
  return modules.flatMap(({ routes }) => routes);
}

/** A route's path with each parameter replaced. */
export const pathWith = (route: Route, value: string | ((name: string) => string)): string =>
  route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(typeof value === 'string' ? value : value(name)),
  );

/** A value of a path parameter that no resource has; of an enumeration a valid one. */
export const anId = (name: string): string => (name === 'purpose' ? 'newsletter' : randomUUID());
