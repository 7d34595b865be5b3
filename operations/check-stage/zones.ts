import type { CompiledStack, Json } from '../../build/deployment.ts';
import type { AwsAccount } from './account.ts';
import { type Finding, missing, ok } from './finding.ts';

const check = 'availability zones';
/** A stack creates subnets in three zones (resources/network/subnets.yml). */
const zonesPerRegion = 3;

/** The zones of a region that a stage's subnets use, by the table in resources/network/zones.yml. */
export type RegionZones = { region: string; zones: string[] };

/** The regions in which a stage has subnets, with their zones. A region that the table lacks has none. */
export function zonesUsed(stacks: readonly CompiledStack[], region: string): RegionZones[] {
  return stacks.flatMap(({ region: own = region, template }) => {
    const table = (template.Mappings as Record<string, Record<string, Record<string, Json>>> | undefined)?.[
      'Zones'
    ];
    return table === undefined ? [] : [{ region: own, zones: Object.values(table[own] ?? {}).map(String) }];
  });
}

/** Checks that an account has the zones of the table, and that they are three. */
export function judgeAvailabilityZones(
  { region, zones }: RegionZones,
  available: readonly string[],
): Finding {
  if (zones.length === 0)
    return missing(
      check,
      `${region} is not in resources/network/zones.yml; it has ${available.join(', ') || 'no zones'}`,
      'choose another region, or add a row with three zones that have Lambda and RDS Proxy',
    );
  if (new Set(zones).size !== zonesPerRegion)
    return missing(
      check,
      `${region} needs three zones, not ${zones.join(', ')}`,
      'correct resources/network/zones.yml',
    );
  const absent = zones.filter((zone) => !available.includes(zone));
  return absent.length === 0
    ? ok(check, `${region}: ${zones.join(', ')}`)
    : missing(
        check,
        `this account does not have ${absent.join(', ')} of ${region}; it has ${available.join(', ')}`,
        'choose another region, or other zones in resources/network/zones.yml before the first deployment',
      );
}

/** Checks the zones of every region in which the stage has subnets; returns the first problem. */
export async function checkZones(
  { stacks, region }: { stacks: readonly CompiledStack[]; region: string },
  account: AwsAccount,
): Promise<Finding> {
  const findings = await Promise.all(
    zonesUsed(stacks, region).map(async (each) =>
      judgeAvailabilityZones(each, await account.zones(each.region)),
    ),
  );
  const problem = findings.find(({ outcome }) => outcome !== 'ok');
  return problem ?? ok(check, findings.map(({ found }) => found).join('; '));
}
