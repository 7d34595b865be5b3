/**
 * Deploys the shop in the standby region: `npm run deploy:standby -- --stage prod`, after both databases were promoted
 * there (docs/disaster-recovery.md). Safe to repeat: a stack without changes is skipped.
 */
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { execa } from 'execa';
import { mapConcurrently } from '../../build/map-concurrently.ts';
import { project, root } from '../../build/stacks.ts';
import { runCommand, UsageError } from '../command.ts';
import { primaryRegionOf, standbySettings, standbyWaves, streams } from './stacks.ts';

/** A stack with a canary or a proxy takes ten minutes. */
const stackTimeoutMs = 30 * 60_000;

const help = `npm run deploy:standby -- --stage prod [--region us-east-1]

Deploys everything that serves customers in the standby region. Promote both databases there first, and switch the domain
(resources/edge-global) afterwards; see docs/disaster-recovery.md.

Credentials (AWS_PROFILE …) and settings (SHOP_DOMAIN …) come from the environment, as for any deployment.`;

const options = {
  stage: { type: 'string' },
  region: { type: 'string', default: process.env['SHOP_STANDBY_REGION'] ?? 'us-east-1' },
} as const;

await runCommand(help, options, async ({ stage, region }) => {
  if (stage === undefined) throw new UsageError('--stage is missing');
  const primary = process.env['SHOP_PRIMARY_REGION'] || (await primaryRegion(stage, region));
  const env = standbySettings({ standby: region, primary }, await streamSettings(stage, region));
  for (const wave of standbyWaves()) {
    const failed = await mapConcurrently(wave, wave.length, (path) => deploy(path, stage, env));
    if (failed.includes(true)) throw new Error('a stack was not deployed');
  }
  console.log(`\nthe shop is deployed in ${region}; now switch the domain: docs/disaster-recovery.md`);
});

/** Read in the standby region, because the primary may be unavailable. @throws AWS's error when the stack is missing */
async function primaryRegion(stage: string, region: string): Promise<string> {
  const { Stacks } = await new CloudFormationClient({ region }).send(
    new DescribeStacksCommand({ StackName: `${project}-standby-data-${stage}` }),
  );
  return primaryRegionOf(Stacks?.[0] ?? {});
}

/** The streams' ARNs in this region. @throws AWS's error when a table is missing */
async function streamSettings(stage: string, region: string): Promise<Record<string, string>> {
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

/** Returns whether the deployment failed. */
async function deploy(path: string, stage: string, env: Record<string, string>): Promise<boolean> {
  const { failed, durationMs, all } = await execa('sls', ['deploy', '--stage', stage], {
    cwd: join(root, path),
    preferLocal: true,
    env,
    timeout: stackTimeoutMs,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  console.log(`${failed ? 'FAILED' : 'deployed'}  ${path}  ${(durationMs / 60_000).toFixed(1)} min`);
  if (failed) console.error(all);
  return failed;
}
