import { aStack, deployed } from './fixtures/a-stack.ts';
import { kindOfType, resourceTypes } from './resource-types.ts';
import { resourceValues } from './resource-values.ts';

describe('resource types', () => {
  it('have a name wherever they are handled', () => {
    const handled = [...resourceTypes.keys()].filter((type) => kindOfType(type) === 'handled');
    expect(handled).toContain('AWS::SQS::Queue');
    expect(handled.filter((type) => resourceValues[type] === undefined)).toEqual([]);
  });
  it('stop the start when their type is unknown, by type, stack and logical id', () => {
    expect(kindOfType('AWS::Kinesis::Stream')).toBe('unknown');
    expect(() => deployed(aStack({ Resources: { Clicks: { Type: 'AWS::Kinesis::Stream' } } }))).toThrow(
      'shop-probe-local / Clicks: AWS::Kinesis::Stream is neither handled by the local platform nor listed as cloud-only',
    );
  });
  it('are named in the report when they are ignored', () => {
    const { cloudOnly } = deployed(aStack({ Resources: { Log: { Type: 'AWS::Logs::LogGroup' } } }));
    expect(cloudOnly).toEqual([{ stack: 'shop-probe-local', logicalId: 'Log', type: 'AWS::Logs::LogGroup' }]);
  });
  it('are ignored individually when their counterpart exists on AWS only', () => {
    const Resources = {
      Mail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: 'arn:aws:sns:x', Protocol: 'email', Endpoint: 'owner@shop.example' },
      },
      Findings: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.guardduty'] } } },
      FlowLogs: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
    };
    const { cloudOnly, subscriptions, schedules, roles } = deployed(aStack({ Resources }));
    expect(cloudOnly.map(({ logicalId }) => logicalId)).toEqual(['Mail', 'Findings', 'FlowLogs']);
    expect([subscriptions, schedules, roles]).toEqual([[], [], []]);
  });
  it('stop the start for an unknown property', () => {
    const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeOut: 30 } };
    expect(() => deployed(aStack({ Resources: { Queue } }))).toThrow(
      'Queue: AWS::SQS::Queue: VisibilityTimeOut is not supported by the local platform',
    );
  });
  it('stop the start when two resources have one name', () => {
    const Properties = { QueueName: 'same' };
    const Resources = {
      One: { Type: 'AWS::SQS::Queue', Properties },
      Two: { Type: 'AWS::SQS::Queue', Properties },
    };
    expect(() => deployed(aStack({ Resources }))).toThrow(
      'Two: arn:aws:sqs:eu-west-1:000000000000:same is also created by',
    );
  });
  it('stop the start when they depend on a missing resource', () => {
    const Queue = { Type: 'AWS::SQS::Queue', DependsOn: ['Gone'] };
    expect(() => deployed(aStack({ Resources: { Queue } }))).toThrow('Queue: depends on Gone');
  });
});
