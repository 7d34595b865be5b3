import { linkStacks } from './exports.ts';
import { aStack, testPlace } from './fixtures/a-stack.ts';

const exporting = (name: string, value: unknown = 'value') => ({
  Out: { Value: value as string, Export: { Name: name } },
});
const importing = (name: string) => ({
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': name } } },
});
const link = (...stacks: ReturnType<typeof aStack>[]) => linkStacks(stacks, testPlace, {});

describe('exports and imports', () => {
  it('put a stack behind those it imports from', () => {
    const { ordered } = link(
      aStack({ Resources: importing('name-of-b') }, 'a-local'),
      aStack({ Outputs: exporting('name-of-b') }, 'b-local'),
    );
    expect(ordered.map(({ stack }) => stack.name)).toEqual(['b-local', 'a-local']);
  });
  it('resolve a value in the stack that exports it', () => {
    const topic = { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } } };
    const { exports } = link(aStack({ Resources: topic, Outputs: exporting('news-arn', { Ref: 'Topic' }) }));
    expect(exports).toEqual({ 'news-arn': 'arn:aws:sns:eu-west-1:000000000000:news' });
  });
  it('refuse an import without an export, by stack and logical id', () => {
    expect(() => link(aStack({ Resources: importing('nobody') }, 'a-local'))).toThrow(
      'a-local / Queue: imports nobody, which no stack exports',
    );
  });
  it('give a parameter the value that another stack writes to Parameter Store, and put its stack behind that one', () => {
    const written = {
      Host: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shop/host', Value: 'db.example' } },
    };
    const reading = { Host: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/host' } };
    const { ordered, exports } = link(
      aStack({ Parameters: reading }, 'a-local'),
      aStack({ Resources: written }, 'b-local'),
    );
    expect(ordered.map(({ stack }) => stack.name)).toEqual(['b-local', 'a-local']);
    expect(ordered[1]?.text({ Ref: 'Host' }, 'Referrer')).toBe('db.example');
    expect(exports).toEqual({});
    expect(() => link(aStack({ Parameters: reading }, 'a-local'))).toThrow(
      'a-local / Host: reads the parameter /shop/host, which no stack writes',
    );
    expect(() =>
      link(aStack({ Resources: written }, 'b-local'), aStack({ Resources: written }, 'c-local')),
    ).toThrow('parameter /shop/host is also written by b-local');
  });
  it('refuse such an import even in what exists on AWS only', () => {
    const alarm = {
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Topic: { 'Fn::ImportValue': 'nobody' } } },
    };
    expect(() => link(aStack({ Resources: alarm }))).toThrow('Alarm: imports nobody');
  });
  it('ignore an import in a branch that is not taken', () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: { QueueName: { 'Fn::If': ['Never', { 'Fn::ImportValue': 'nobody' }, 'own'] } },
        },
      },
    };
    expect(() => link(aStack(template))).not.toThrow();
  });
  it('refuse to run in a circle, and draw it', () => {
    const a = aStack({ Resources: importing('of-b'), Outputs: exporting('of-a') }, 'a-local');
    const b = aStack({ Resources: importing('of-a'), Outputs: exporting('of-b') }, 'b-local');
    expect(() => link(a, b)).toThrow('a-local imports of-b of b-local, b-local imports of-a of a-local');
  });
  it('refuse one name exported twice', () => {
    expect(() =>
      link(
        aStack({ Outputs: exporting('same') }, 'a-local'),
        aStack({ Outputs: exporting('same') }, 'b-local'),
      ),
    ).toThrow('b-local / Out: same is also exported by a-local');
  });
  it('give a stand-in for what only AWS can make', () => {
    const template = {
      Resources: { Vpc: { Type: 'AWS::EC2::VPC' } },
      Outputs: exporting('vpc-id', { Ref: 'Vpc' }),
    };
    expect(link(aStack(template)).exports).toEqual({ 'vpc-id': expect.stringMatching(/^vpc-[0-9a-f]{17}$/) });
  });
  it('do not cross regions: a stack finds the export of its own', () => {
    const here = aStack({ Outputs: exporting('same', 'here') }, 'a-local');
    const there = { ...aStack({ Outputs: exporting('same', 'there') }, 'b-local'), region: 'us-east-1' };
    const reader = { ...aStack({ Resources: importing('same') }, 'c-local'), region: 'us-east-1' };
    const { ordered, exports } = link(reader, here, there);
    expect(exports).toEqual({ same: 'here' });
    expect(ordered.map(({ stack }) => stack.name)).toEqual(['b-local', 'c-local', 'a-local']);
    expect(() => link(reader, here)).toThrow('c-local / Queue: imports same, which no stack exports');
  });
});
