import { stringify } from 'yaml';
import { deploymentOf } from '../compiled.ts';
import { apiAlarms, copyAlarms, functionAlarms, outboxAlarms, queueAlarms, tableAlarms } from './alarms.ts';
import { dashboards } from './dashboards.ts';
import { cacheAlarms, databaseAlarms } from './servers.ts';
import { sampleStage, watchedOf } from './watched.ts';

const head = (what: string) =>
  `# ${what}\n# Generated from the compiled stacks by \`npm run observability\`; a test fails while it differs.\n`;

/** The files of resources/observability/generated, by name, as the compiled stacks ask for them. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const watched = watchedOf(await deploymentOf(sampleStage));
  const file = (what: string, Resources: object) =>
    head(what) + stringify({ Resources }, { lineWidth: 0, aliasDuplicateObjects: false });
  return {
    'queues.yml': file('Every queue: dead letters, and how long messages wait.', queueAlarms(watched)),
    'functions.yml': file(
      'Every function: throttles, errors, and the age of streams.',
      functionAlarms(watched),
    ),
    'apis.yml': file(
      'Every API: how fast its allowance of errors burns, and slow answers.',
      apiAlarms(watched),
    ),
    'tables.yml': file('Every table: throttled reads and writes.', tableAlarms(watched)),
    'copies.yml': file('Every table: how far its copy in the second region is behind.', copyAlarms(watched)),
    'databases.yml': file(
      'Every PostgreSQL server: processor, storage, connections, and how far replicas are behind.',
      databaseAlarms(),
    ),
    'cache.yml': file('Every node of Redis: memory and processor.', cacheAlarms()),
    'outboxes.yml': file('Every outbox: events that are not published.', outboxAlarms(watched)),
    'dashboards.yml': file('What is looked at: application, messaging, data, business.', dashboards(watched)),
  };
}
