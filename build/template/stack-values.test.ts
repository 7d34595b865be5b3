// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax for Fn::Sub
import type { Json, Template } from '../deployment.ts';
import { aStack, testPlace } from './fixtures/a-stack.ts';
import { StackValues } from './stack-values.ts';

function values(template: Partial<Template> = {}, parameters: Record<string, string> = {}) {
  return new StackValues(aStack(template), testPlace, parameters, (name) => `imported ${name}`);
}
const resolved = (value: Json, template?: Partial<Template>) => values(template).resolve(value, 'Referrer');

const stores: Partial<Template> = {
  Resources: {
    Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'shop-local-orders' } },
    Ledger: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TableName: 'shop-local-ledger', StreamSpecification: { StreamViewType: 'NEW_IMAGE' } },
    },
    News: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } },
    Pictures: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Sub': 'pictures-${AWS::AccountId}-${AWS::Region}' } },
    },
    Key: { Type: 'AWS::KMS::Key' },
    Vpc: { Type: 'AWS::EC2::VPC' },
  },
};

describe('Ref', () => {
  it('gives pseudo parameters', () => {
    expect(resolved([{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::StackName' }])).toEqual([
      'eu-west-1',
      '000000000000',
      'shop-probe-local',
    ]);
  });
  it('gives the region of a stack that has one of its own', () => {
    const elsewhere = { ...aStack(stores), region: 'us-east-1' };
    const stack = new StackValues(elsewhere, testPlace, {}, () => '');
    expect(stack.text({ Ref: 'AWS::Region' }, 'Referrer')).toBe('us-east-1');
    expect(stack.text({ 'Fn::GetAtt': ['Orders', 'Arn'] }, 'Referrer')).toBe(
      'arn:aws:sqs:us-east-1:000000000000:shop-local-orders',
    );
  });
  it('gives what CloudFormation gives for each type', () => {
    expect(resolved({ Ref: 'Orders' }, stores)).toBe('http://127.0.0.1:4566/000000000000/shop-local-orders');
    expect(resolved({ Ref: 'Ledger' }, stores)).toBe('shop-local-ledger');
    expect(resolved({ Ref: 'Pictures' }, stores)).toBe('pictures-000000000000-eu-west-1');
  });
  it('names a resource without a name after stack and logical id', () => {
    expect(resolved({ Ref: 'News' }, stores)).toBe(
      'arn:aws:sns:eu-west-1:000000000000:shop-probe-local-News.fifo',
    );
  });
  it('leaves out a property without a value', () => {
    expect(resolved({ Kept: 1, Gone: { Ref: 'AWS::NoValue' }, List: [{ Ref: 'AWS::NoValue' }, 2] })).toEqual({
      Kept: 1,
      List: [2],
    });
  });
  it('prefers a given parameter to what the stack would pass, and that to the default', () => {
    const template = { Parameters: { Host: { Type: 'String', Default: 'default' } } };
    expect(values(template).text({ Ref: 'Host' }, 'Referrer')).toBe('default');
    const passed = { ...aStack(template), parameters: { Host: 'passed' } };
    expect(new StackValues(passed, testPlace, {}, () => '').text({ Ref: 'Host' }, 'Referrer')).toBe('passed');
    expect(
      new StackValues(passed, testPlace, { Host: 'given' }, () => '').text({ Ref: 'Host' }, 'Referrer'),
    ).toBe('given');
  });
  it('refuses a parameter that has no value', () => {
    const template = { Parameters: { Host: { Type: 'String' } } };
    expect(() => resolved({ Ref: 'Host' }, template)).toThrow(
      'shop-probe-local / Referrer: parameter Host has neither a value nor a default',
    );
  });
  it('refuses an unknown name', () => {
    expect(() => resolved({ Ref: 'Nobody' })).toThrow(
      'Referrer: parameter or resource Nobody does not exist',
    );
  });
});

describe('Fn::GetAtt', () => {
  it('gives ARNs in the form of AWS, written either way', () => {
    expect(resolved({ 'Fn::GetAtt': ['Orders', 'Arn'] }, stores)).toBe(
      'arn:aws:sqs:eu-west-1:000000000000:shop-local-orders',
    );
    expect(resolved({ 'Fn::GetAtt': 'Ledger.StreamArn' }, stores)).toMatch(
      /^arn:aws:dynamodb:eu-west-1:000000000000:table\/shop-local-ledger\/stream\//,
    );
  });
  it('gives the ARN of a key that exists on AWS only, since policies name it', () => {
    expect(resolved({ 'Fn::GetAtt': ['Key', 'Arn'] }, stores)).toMatch(
      /^arn:aws:kms:eu-west-1:0{12}:key\/\w{10}$/,
    );
  });
  it('gives a stand-in of the right form for what only AWS knows', () => {
    const database = { Resources: { Db: { Type: 'AWS::RDS::DBProxy' } } };
    expect(resolved({ 'Fn::GetAtt': ['Db', 'Endpoint'] }, database)).toBe(
      'shop-probe-local-db.cloud-only.invalid',
    );
    expect(resolved({ 'Fn::GetAtt': ['Db', 'DBProxyArn'] }, database)).toBe(
      'arn:aws:rds:eu-west-1:000000000000:dbproxy:shop-probe-local-Db',
    );
    expect(resolved({ 'Fn::GetAtt': ['Vpc', 'VpcId'] }, stores)).toMatch(/^vpc-[0-9a-f]{17}$/);
  });
  it('refuses an attribute that a type does not have', () => {
    expect(() => resolved({ 'Fn::GetAtt': ['Orders', 'Colour'] }, stores)).toThrow('has no attribute Colour');
  });
  it('refuses a name that depends on itself', () => {
    const template = {
      Resources: {
        Own: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${Own.QueueName}-2' } } },
      },
    };
    expect(() => resolved({ Ref: 'Own' }, template)).toThrow('Own depends on itself');
  });
});

describe('Fn::Sub', () => {
  it('takes references, attributes and own variables', () => {
    const value: Json = {
      'Fn::Sub': [
        '${Ledger.Arn}/index/${name} in ${AWS::Region}',
        { name: { 'Fn::Join': ['-', ['by', 'day']] } },
      ],
    };
    expect(resolved(value, stores)).toBe(
      'arn:aws:dynamodb:eu-west-1:000000000000:table/shop-local-ledger/index/by-day in eu-west-1',
    );
  });
  it('leaves an escaped variable for others to fill', () => {
    expect(resolved({ 'Fn::Sub': 'home/${!aws:username}/${AWS::Region}' })).toBe(
      'home/${aws:username}/eu-west-1',
    );
  });
});

describe('lists and texts', () => {
  it('joins, splits and selects', () => {
    expect(resolved({ 'Fn::Join': ['/', ['a', { Ref: 'AWS::Region' }]] })).toBe('a/eu-west-1');
    expect(resolved({ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] })).toBe('b');
    expect(resolved({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] })).toBe('eu-west-1a');
  });
  it('refuses to select an item beyond the end of the list', () => {
    expect(() => resolved({ 'Fn::Select': [5, ['a']] })).toThrow('Fn::Select has no item at index 5');
  });
  it('encodes as base64', () => {
    expect(resolved({ 'Fn::Base64': 'shop' })).toBe('c2hvcA==');
  });
  it('finds in a map', () => {
    const template = { Mappings: { Size: { local: { memory: 256 } } } };
    expect(resolved({ 'Fn::FindInMap': ['Size', 'local', 'memory'] }, template)).toBe(256);
    expect(() => resolved({ 'Fn::FindInMap': ['Size', 'prod', 'memory'] }, template)).toThrow(
      'Size.prod.memory',
    );
  });
  it('imports', () => {
    expect(resolved({ 'Fn::ImportValue': { 'Fn::Sub': 'x-${AWS::Region}' } })).toBe('imported x-eu-west-1');
  });
  it('refuses a function that it does not know', () => {
    expect(() => resolved({ 'Fn::Cidr': ['10.0.0.0/16', 6, 8] })).toThrow('Fn::Cidr is not evaluated');
  });
});

describe('conditions', () => {
  const template: Partial<Template> = {
    Parameters: { Stage: { Type: 'String', Default: 'local' } },
    Conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
      IsNotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
      Both: { 'Fn::And': [{ Condition: 'IsNotProd' }, { 'Fn::Equals': ['a', 'a'] }] },
      Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'Both' }] },
      Circular: { 'Fn::Not': [{ Condition: 'Circular' }] },
    },
    Resources: {
      Always: { Type: 'AWS::SQS::Queue' },
      InProd: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' },
    },
  };
  it('combine', () => {
    const stack = values(template);
    expect(
      ['IsProd', 'IsNotProd', 'Both', 'Either'].map((name) => stack.condition(name, 'Referrer')),
    ).toEqual([false, true, true, true]);
  });
  it('choose a value', () => {
    expect(resolved({ 'Fn::If': ['IsProd', 'large', 'small'] }, template)).toBe('small');
  });
  it('leave out a resource, and refuse what refers to it', () => {
    expect(
      values(template)
        .activeResources()
        .map(([logicalId]) => logicalId),
    ).toEqual(['Always']);
    expect(() => resolved({ Ref: 'InProd' }, template)).toThrow('its condition IsProd is false');
  });
  it('refuse to depend on themselves', () => {
    expect(() => resolved({ 'Fn::If': ['Circular', 1, 2] }, template)).toThrow(
      'condition Circular depends on itself',
    );
  });
});
