/** Why a role may do something to any resource: AWS knows no resource to name, or none that could be named before. */
export type AnyResource = {
  actions: string[];
  reason: string;
  /** AWS's page that says so. */
  source: string;
};

const reference = 'https://docs.aws.amazon.com/service-authorization/latest/reference';

/** Every action that a role of ours may take on `*`. A test fails for one that is not here, and for one not in use. */
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
    reason: 'Lambda makes the network interfaces of functions in the VPC, and looks for them under no name',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
  },
];
