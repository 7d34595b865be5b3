import { join } from 'node:path';
import { configurationFiles, sourceFiles } from '../compile/input-hash.ts';
import { deploymentOf } from '../compiled.ts';
import { root } from '../stacks.ts';
import { alarms, type Resource } from './alarm.ts';
import { apiAlarms, functionAlarms, outboxAlarms, queueAlarms, tableAlarms } from './alarms.ts';
import { dashboards } from './dashboards.ts';
import { cacheAlarms, databaseAlarms } from './servers.ts';
import { type Settings, watchedOf } from './watched.ts';

/** Alarms and dashboards for the resources of the stage's other stacks, by logical id. */
export async function observabilityResources(settings: Settings): Promise<Record<string, Resource>> {
  const deployment = await deploymentOf(settings.stage, { except: ['resources/observability'] });
  const watched = watchedOf(deployment, settings);
  const specs = [
    ...[queueAlarms, functionAlarms, apiAlarms, tableAlarms, outboxAlarms].flatMap((of) => of(watched)),
    ...databaseAlarms(settings),
    ...cacheAlarms(settings),
  ];
  return { ...alarms(specs, settings), ...dashboards(watched) };
}

/** What the result depends on: the other stacks' configuration and this folder. */
export const inputFiles = (): string[] => [
  ...configurationFiles(join(root, 'services')),
  ...configurationFiles(join(root, 'resources')),
  ...sourceFiles(import.meta.dirname),
];
