import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openapiDocument, type ServiceRoutes } from './openapi-document.ts';

const root = join(import.meta.dirname, '..', '..');

/** The routes of every service, from its `src/api.ts`, by the services' names. */
export async function serviceRoutes(): Promise<ServiceRoutes[]> {
  const services = readdirSync(join(root, 'services'))
    .toSorted()
    .filter((service) => existsSync(join(root, 'services', service, 'src/api.ts')));
  return Promise.all(
    services.map(async (service) => {
      const api = (await import(pathToFileURL(join(root, 'services', service, 'src/api.ts')).href)) as Pick<
        ServiceRoutes,
        'routes'
      >;
      return { service, routes: api.routes };
    }),
  );
}

/** The document's file. */
export const openapiFile = join(root, 'docs/openapi.json');

/** The expected content of the document's file. */
export async function openapiText(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const json = JSON.stringify(openapiDocument(await serviceRoutes(), version), null, 2);
  // Invisible and right-to-left characters of the patterns would garble the file in an editor.
  return `${json.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
