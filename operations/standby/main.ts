/**
 * Deploys the shop in the standby region: `npm run deploy:standby -- --stage prod`, after both databases were promoted
 * there (docs/disaster-recovery.md). Safe to repeat: a stack without changes is passed over.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { execa } from 'execa';
import { mapConcurrently } from '../../build/map-concurrently.ts';
import { project, root } from '../../build/stacks.ts';
import { primaryRegionOf, standbySettings, standbyWaves, streams } from './stacks.ts';

/** A stack with a canary takes ten minutes, one with a proxy as long. */
const mostMinutesPerStack = 30;

const help = `npm run deploy:standby -- --stage prod [--region us-east-1]

Deploys everything that serves customers in the standby region. Before: promote both databases there. After: turn
the domain (resources/edge-global). All of it: docs/disaster-recovery.md.

Credentials come from the environment (AWS_PROFILE …), settings too (SHOP_DOMAIN …), as for any deployment.`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    region: { type: 'string', default: process.env['SHOP_STANDBY_REGION'] ?? 'us-east-1' },
    help: { type: 'boolean' },
  },
});
if (values.help || values.stage === undefined) {
  console.log(help);
  process.exit(values.help ? 0 : 1);
}
const { stage, region } = values;

const regions = { standby: region, primary: process.env['SHOP_PRIMARY_REGION'] || (await primaryRegion()) };
const env = standbySettings(regions, await streamSettings());
for (const wave of standbyWaves()) {
  const results = await mapConcurrently(wave, wave.length, (path) => deploy(path, stage));
  if (results.includes(false)) process.exit(1);
}
console.log(`\nthe shop is deployed in ${region}; now turn the domain: docs/disaster-recovery.md`);

/** Asked in the standby region, since the first may not answer. @throws AWS's error when the stack is not there */
async function primaryRegion(): Promise<string> {
  const client = new CloudFormationClient({ region });
  const { Stacks } = await client.send(
    new DescribeStacksCommand({ StackName: `${project}-standby-data-${stage}` }),
  );
  return primaryRegionOf(Stacks?.[0] ?? {});
}

/** The streams' ARNs in this region. @throws AWS's error when a table is not there */
async function streamSettings(): Promise<Record<string, string>> {
  const client = new DynamoDBClient({ region });
  const found: Record<string, string> = {};
  for (const [setting, name] of Object.entries(streams)) {
    const table = `${project}-${stage}-${name}`;
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    if (!Table?.LatestStreamArn) throw new Error(`${table} has no stream in ${region}`);
    found[setting] = Table.LatestStreamArn;
  }
  return found;
}

async function deploy(path: string, stageName: string): Promise<boolean> {
  const started = performance.now();
  const { failed, shortMessage, all } = await execa('sls', ['deploy', '--stage', stageName], {
    cwd: join(root, path),
    preferLocal: true,
    env,
    timeout: mostMinutesPerStack * 60_000,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(`${failed ? 'FAILED' : 'deployed'}  ${path}  ${minutes} min`);
  if (failed) console.error(`${all ?? ''}\n${shortMessage}`);
  return !failed;
}
