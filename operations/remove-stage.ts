/**
 * Removes a stage that is no longer needed: empties its buckets, which CloudFormation does not, then removes every stack:
 * `npm run remove:stage -- --stage dev`. Never prod, whose data must outlive its stacks.
 */
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { compileStacks } from '../build/compile/compile-stacks.ts';
import { root } from '../build/stacks.ts';
import { runCommand, UsageError } from './command.ts';

const help = `npm run remove:stage -- --stage dev [--region eu-west-1]

Deletes every version of every object in the stage's buckets, and removes its stacks. This cannot be undone. Refuses prod.
A hosted zone that the stage created is retained: set SHOP_HOSTED_ZONE_ID to it for the next deployment, or delete it.

  --stage   the stage to remove; required
  --region  its region (default: AWS_REGION, or eu-west-1)`;

/** Databases and distributions take up to half an hour each. */
const removalTimeoutMs = 3_600_000;

const options = {
  stage: { type: 'string' },
  region: { type: 'string', default: process.env['AWS_REGION'] ?? 'eu-west-1' },
} as const;

await runCommand(help, options, async ({ stage, region }) => {
  if (stage === undefined) throw new UsageError('--stage is missing');
  if (['prod', 'local'].includes(stage)) throw new UsageError(`this command does not remove ${stage}`);
  for (const { name, region: own = region } of await compileStacks({ root, stage, region })) {
    const s3 = new S3Client({ region: own });
    for (const bucket of await bucketsOf(name, own)) {
      const count = await empty(s3, bucket);
      console.log(`${bucket}: ${count === 0 ? 'empty' : `${count} objects and versions deleted`}`);
    }
  }
  await execa('oslsc', ['remove', '--stage', stage], {
    cwd: root,
    preferLocal: true,
    // The stacks are removed where the buckets were emptied, whatever the shell's own region is.
    env: { AWS_REGION: region },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    timeout: removalTimeoutMs,
  });
});

/** The buckets of a stack; none when the stack does not exist. */
async function bucketsOf(stackName: string, region: string): Promise<string[]> {
  const buckets: string[] = [];
  const client = new CloudFormationClient({ region });
  try {
    const pages = paginateListStackResources({ client }, { StackName: stackName });
    for await (const { StackResourceSummaries = [] } of pages)
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === 'AWS::S3::Bucket' && PhysicalResourceId !== undefined)
          buckets.push(PhysicalResourceId);
  } catch (error) {
    if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
  }
  return buckets;
}

/** Deletes every version and delete marker of a bucket, a thousand per call; returns how many. */
async function empty(s3: S3Client, bucket: string): Promise<number> {
  for (let count = 0; ; ) {
    const page = await s3
      .send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }))
      .catch((error: Error) => {
        // Deleted by hand.
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
