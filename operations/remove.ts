/**
 * Removes a stage that is thrown away: empties its buckets, which CloudFormation does not, then removes every stack:
 * `npm run remove:stage -- --stage dev`. Never prod, whose data outlives its stacks on purpose.
 */
import { parseArgs } from 'node:util';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { compileStacks } from '../build/compile/compile-stacks.ts';
import { root } from '../build/stacks.ts';

const help = `npm run remove:stage -- --stage dev [--region eu-west-1]

Empties the buckets of a stage, every version in them, and removes its stacks. There is no way back. Refuses prod.
The domain's zone stays, if the stage made one: set SHOP_HOSTED_ZONE_ID to it for the next deployment, or delete it.

  --stage   the stage to be removed; has no default
  --region  where it is (default: AWS_REGION, or eu-west-1)`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'eu-west-1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else if (values.stage === undefined || ['prod', 'local'].includes(values.stage)) {
  console.error(
    `${values.stage === undefined ? '--stage is missing' : `${values.stage} is not removed by this command`}\n\n${help}`,
  );
  process.exitCode = 2;
} else await remove(values.stage, values.region);

async function remove(stage: string, region: string): Promise<void> {
  const stacks = await compileStacks({ root, stage, region });
  for (const { name, region: own = region } of stacks) {
    const s3 = new S3Client({ region: own });
    for (const bucket of await bucketsOf(name, own)) {
      const count = await empty(s3, bucket);
      console.log(`${bucket}: ${count === 0 ? 'empty' : `${count} objects and versions deleted`}`);
    }
  }
  // Stacks are removed against their order; half an hour is what databases and distributions may take.
  const { failed, shortMessage, all } = await execa('oslsc', ['remove', '--stage', stage], {
    cwd: root,
    preferLocal: true,
    // The stacks go where the buckets were emptied, whatever the shell's own region is.
    env: { AWS_REGION: region },
    timeout: 3_600_000,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (all) console.log(all);
  if (failed) throw new Error(shortMessage);
}

/** The buckets that a stack made; none when the stack is not there. */
async function bucketsOf(stackName: string, region: string): Promise<string[]> {
  const buckets: string[] = [];
  try {
    const client = new CloudFormationClient({ region });
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: stackName },
    ))
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === 'AWS::S3::Bucket' && PhysicalResourceId !== undefined)
          buckets.push(PhysicalResourceId);
  } catch (error) {
    if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
  }
  return buckets;
}

/** Deletes every version and marker of a bucket, a thousand at a time; answers how many. */
async function empty(s3: S3Client, bucket: string): Promise<number> {
  let count = 0;
  for (;;) {
    const page = await s3
      .send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }))
      .catch((error: Error) => {
        // A bucket that somebody has deleted by hand is as empty as can be.
        if (error.name === 'NoSuchBucket') return undefined;
        throw error;
      });
    const found = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    if (found.length === 0) return count;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0) throw new Error(`${bucket}: ${Errors[0]?.Key}: ${Errors[0]?.Message}`);
    count += found.length;
  }
}
