/**
 * Removes every rule from the default security group of a stage's network: `npm run close:default-group -- --stage dev`.
 * AWS creates that group with the VPC, so CloudFormation cannot change it. The shop does not use it; a resource that is
 * put into it by mistake has no network access. Safe to repeat.
 */
import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { project } from '../build/stacks.ts';
import { runCommand } from './command.ts';

/** Returns the number of removed rules. @throws Error when the network is not deployed, or AWS's error */
export async function closeDefaultGroup(client: EC2Client, network: string): Promise<number> {
  const { Vpcs = [] } = await client.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: [network] }] }),
  );
  const [vpc, ...others] = Vpcs;
  if (vpc?.VpcId === undefined || others.length > 0)
    throw new Error(`${Vpcs.length} networks are named ${network}: deploy resources/network first`);
  const { SecurityGroups = [] } = await client.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpc.VpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  let closed = 0;
  for (const { GroupId, IpPermissions = [], IpPermissionsEgress = [] } of SecurityGroups) {
    if (IpPermissions.length > 0)
      await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    if (IpPermissionsEgress.length > 0)
      await client.send(
        new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }),
      );
    closed += IpPermissions.length + IpPermissionsEgress.length;
  }
  return closed;
}

const help = `npm run close:default-group -- [--stage dev]

Removes every rule from the default security group of the stage's network, once after it was deployed.
Region and credentials come from the environment (AWS_REGION, AWS_PROFILE …).`;

if (import.meta.main)
  await runCommand(help, { stage: { type: 'string', default: 'dev' } }, async ({ stage }) => {
    const closed = await closeDefaultGroup(new EC2Client(), `${project}-${stage}`);
    console.log(closed === 0 ? 'already closed' : `closed: ${closed} rules removed`);
  });
