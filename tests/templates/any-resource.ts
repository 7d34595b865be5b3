/** Why a role may take an action on any resource: AWS supports no resource for it, or none known in advance. */
export type AnyResource = {
  actions: string[];
  reason: string;
  /** The AWS page that states it. */
  source: string;
};

const reference = 'https://docs.aws.amazon.com/service-authorization/latest/reference';

/** Every action that a role may take on `*`. A test fails for an action that is missing here or unused. */
export const anyResource: AnyResource[] = [
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    reason: 'traces belong to no resource',
    source: `${reference}/list_awsx-ray.html`,
  },
  {
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    reason: 'Lambda creates the network interfaces of functions in the VPC under names unknown in advance',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
  },
];
