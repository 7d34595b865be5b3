/** Writes docs/openapi.json from the routes of all services: `npm run openapi`. */
import { writeFileSync } from 'node:fs';
import { openapiFile, openapiText } from './service-routes.ts';

writeFileSync(openapiFile, await openapiText());
console.log('docs/openapi.json is written');
