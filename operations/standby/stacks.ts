import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { parse } from 'yaml';
import { root } from '../../build/stacks.ts';

/** The stage's settings under which the stacks of the standby region are compiled, besides the streams' names. */
const activeSettings = {
  /** Proxies and addresses are made (resources/standby-data). */
  SHOP_STANDBY_ACTIVE: 'true',
  /** The bucket of pictures is there already, as a copy (services/media). */
  SHOP_PICTURES_BUCKET: 'copy',
} as const;

/**
 * The settings of a deployment in the standby region. Its own region takes the place of the first, so that the first
 * has to be named: the databases' copies stay what they were made from, and would else be replaced.
 */
export function standbySettings(
  regions: { standby: string; primary: string },
  streamSettings: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...activeSettings,
    ...streamSettings,
    AWS_REGION: regions.standby,
    SHOP_STANDBY_REGION: regions.standby,
    SHOP_PRIMARY_REGION: regions.primary,
  };
}

/**
 * The region whose databases were copied, as the stack standby-data was deployed with it.
 * @throws Error when the stack does not say
 */
export function primaryRegionOf(stack: Partial<Pick<Stack, 'StackName' | 'Parameters'>>): string {
  const found = stack.Parameters?.find(({ ParameterKey }) => ParameterKey === 'PrimaryRegion');
  if (!found?.ParameterValue)
    throw new Error(
      `${stack.StackName ?? 'standby-data'} has no parameter PrimaryRegion: nothing was copied there`,
    );
  return found.ParameterValue;
}

/** Streams whose ARNs AWS makes, by the setting that carries them. */
export const streams = {
  SHOP_PRODUCTS_OUTBOX_STREAM_ARN: 'products-outbox',
  SHOP_MEDIA_OUTBOX_STREAM_ARN: 'media-outbox',
} as const;

/** What `standby` and `standby-data` stand in for in their region, what is made once, and what waits for a calm day. */
const notThere = new Set(['network', 'standby', 'data', 'storage', 'backup', 'edge-global', 'observability']);

type Compose = { services: Record<string, { path: string; dependsOn?: string | string[] }> };

/**
 * The folders of the stacks that are deployed in the standby region when the first is lost: each list needs only
 * what is in those before it. Read from `serverless-compose.yml`, so that a new service goes with the others.
 */
export function standbyWaves(): string[][] {
  const { services } = parse(readFileSync(join(root, 'serverless-compose.yml'), 'utf8')) as Compose;
  const waiting = new Map(
    Object.entries(services)
      .filter(([name]) => !notThere.has(name))
      .map(([name, { path, dependsOn = [] }]) => [name, { path, needs: needsOf(name, [dependsOn].flat()) }]),
  );
  const waves: string[][] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, { needs }]) => !needs.some((each) => waiting.has(each)));
    if (ready.length === 0) throw new Error(`stacks wait for each other: ${[...waiting.keys()].join(', ')}`);
    waves.push(ready.map(([, { path }]) => path));
    for (const [name] of ready) waiting.delete(name);
  }
  return waves;
}

function needsOf(name: string, dependsOn: string[]): string[] {
  if (name === 'standby-data') return [];
  return dependsOn.map((each) => (each === 'data' ? 'standby-data' : each));
}
