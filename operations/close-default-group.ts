/**
 * Takes every rule out of the default security group of a stage's network: `npm run close:default-group -- --stage dev`.
 * AWS makes that group with the VPC, and CloudFormation cannot change what it did not make. Nothing of the shop is in
 * it; what somebody once puts there by mistake reaches nothing and is reached by nothing. Safe to repeat.
 */
import { parseArgs } from 'node:util';
import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { project } from '../build/stacks.ts';

/** How many rules were taken out. @throws Error when the network is not deployed; AWS's own errors */
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

Takes every rule out of the default security group of the stage's network, once after it was deployed.
Region and credentials come from the environment (AWS_REGION, AWS_PROFILE …).`;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) console.log(help);
  else {
    const closed = await closeDefaultGroup(new EC2Client(), `${project}-${values.stage}`);
    console.log(closed === 0 ? 'closed already' : `closed: ${closed} rules taken out`);
  }
}
