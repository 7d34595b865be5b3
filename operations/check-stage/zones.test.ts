import { compiled } from '../../build/compiled.ts';
import type { CompiledStack } from '../../build/deployment.ts';
import { judgeAvailabilityZones, zonesUsed } from './zones.ts';

const ireland = { region: 'eu-west-1', zones: ['euw1-az1', 'euw1-az2', 'euw1-az3'] };

describe('the zones of a stage', () => {
  let prod: CompiledStack[];
  beforeAll(async () => {
    prod = await compiled('prod');
  }, 180_000);

  test('are those of the table, in both of its regions', () => {
    expect(zonesUsed(prod, 'eu-west-1')).toEqual(
      expect.arrayContaining([ireland, { region: 'us-east-1', zones: ['use1-az1', 'use1-az2', 'use1-az4'] }]),
    );
  });

  test('are three in every region of the table, of that region, and never one without Lambda or RDS Proxy', () => {
    const tables = prod.flatMap(({ template }) => Object.entries(template.Mappings?.['Zones'] ?? {}));
    expect(tables.length).toBeGreaterThan(20);
    for (const [region, row] of tables) {
      const zones = Object.values(row as Record<string, string>);
      expect([region, new Set(zones).size]).toEqual([region, 3]);
      const prefixes = new Set(zones.map((zone) => zone.replace(/-az\d$/, '')));
      expect([region, prefixes.size]).toEqual([region, 1]);
      expect([...prefixes][0]).toMatch(new RegExp(`^${region.slice(0, 2)}[a-z]+${region.at(-1)}$`));
      for (const zone of zones) expect(['use1-az3', 'apne1-az3', 'cac1-az3', 'usw1-az2']).not.toContain(zone);
    }
  });

  test('must exist in the account', () => {
    expect(judgeAvailabilityZones(ireland, [...ireland.zones, 'euw1-az4']).outcome).toBe('ok');
    const finding = judgeAvailabilityZones(ireland, ['euw1-az1', 'euw1-az2']);
    expect(finding).toMatchObject({ outcome: 'missing', found: expect.stringContaining('euw1-az3') });
  });

  test('are missing in a region without a row, such as one with two zones', () => {
    const elsewhere = prod.map((stack) => ({ ...stack, region: 'us-west-1' }));
    const [unknown] = zonesUsed(elsewhere, 'us-west-1');
    expect(unknown).toEqual({ region: 'us-west-1', zones: [] });
    expect(judgeAvailabilityZones(unknown!, ['usw1-az1', 'usw1-az3'])).toMatchObject({
      outcome: 'missing',
      found: expect.stringContaining('us-west-1 is not in resources/network/zones.yml'),
    });
  });

  test('must be three', () => {
    expect(
      judgeAvailabilityZones({ ...ireland, zones: ['euw1-az1', 'euw1-az1', 'euw1-az2'] }, ireland.zones)
        .outcome,
    ).toBe('missing');
  });
});
