import type { Stack as DeployedStack } from '@aws-sdk/client-cloudformation';
import { type Stack, stacks } from '../../build/stacks.ts';

/** Settings with which the stacks of the standby region are compiled. */
const activeSettings = {
  /** Creates proxies and addresses (resources/standby-data). */
  SHOP_STANDBY_ACTIVE: 'true',
  /** The image bucket already exists as a replica (services/media). */
  SHOP_PICTURES_BUCKET: 'copy',
} as const;

/**
 * The settings of a deployment in the standby region. The primary region must be named, because otherwise the database
 * replicas, which refer to it, would be replaced.
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

/** The region whose databases the stack standby-data replicates. @throws Error when it has no such parameter */
export function primaryRegionOf(stack: Partial<Pick<DeployedStack, 'StackName' | 'Parameters'>>): string {
  const found = stack.Parameters?.find(({ ParameterKey }) => ParameterKey === 'PrimaryRegion');
  if (!found?.ParameterValue)
    throw new Error(
      `${stack.StackName ?? 'standby-data'} has no parameter PrimaryRegion: it replicates nothing`,
    );
  return found.ParameterValue;
}

/** Tables whose stream ARN is passed in a setting, because AWS generates it. */
export const streams = {
  SHOP_PRODUCTS_OUTBOX_STREAM_ARN: 'products-outbox',
  SHOP_MEDIA_OUTBOX_STREAM_ARN: 'media-outbox',
} as const;

/** Stacks that `standby` and `standby-data` replace, that exist once, or that are not urgent. */
const excluded = new Set(['network', 'standby', 'data', 'storage', 'backup', 'edge-global', 'observability']);

/**
 * The folders of the stacks to deploy in the standby region, in waves: each depends only on earlier waves. Read from
 * `serverless-compose.yml`, so that new services are included.
 */
export function standbyWaves(): string[][] {
  const found = new Map(stacks().flatMap((stack) => (excluded.has(stack.name) ? [] : [[stack.name, stack]])));
  const waveOf = ({ name, dependsOn }: Stack): number => {
    if (name === 'standby-data') return 0;
    const dependencies = dependsOn.map((each) => found.get(each === 'data' ? 'standby-data' : each));
    return 1 + Math.max(-1, ...dependencies.map((each) => (each ? waveOf(each) : -1)));
  };
  const waves = Map.groupBy(found.values(), waveOf);
  return [...waves].toSorted(([one], [other]) => one - other).map(([, wave]) => wave.map(({ path }) => path));
}
