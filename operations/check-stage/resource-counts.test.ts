import { compiled } from '../../build/compiled.ts';
import type { CompiledStack, Template } from '../../build/deployment.ts';
import { resourceTypes, warmInstances } from './resource-counts.ts';

const aStack = (template: Template, region?: string): CompiledStack => ({
  name: `shop-${region ?? 'first'}-prod`,
  service: `shop-${region ?? 'first'}`,
  directory: 'resources/network',
  template,
  ...(region === undefined ? {} : { region }),
});

describe('the resource types of a deployment', () => {
  test('are those of active resources in the region, and roles of every region', () => {
    const template: Template = {
      Parameters: { PerZone: { Type: 'String', Default: 'false' } },
      Conditions: { HasPerZone: { 'Fn::Equals': [{ Ref: 'PerZone' }, 'true'] } },
      Resources: {
        Address1: { Type: 'AWS::EC2::EIP' },
        Address2: { Type: 'AWS::EC2::EIP', Condition: 'HasPerZone' },
        Role: { Type: 'AWS::IAM::Role' },
      },
    };
    expect(resourceTypes([aStack(template), aStack(template, 'us-east-1')], 'eu-west-1')).toEqual([
      'AWS::EC2::EIP',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
    ]);
  });
});

describe('provisioned instances', () => {
  test.each([
    ['dev', { least: 0, most: 0 }],
    ['staging', { least: 0, most: 0 }],
    ['prod', { least: 21, most: 400 }],
  ])('are those of the stage table in %s', async (stage, warm) => {
    expect(warmInstances(await compiled(stage), 'eu-west-1')).toEqual(warm);
  });
});
