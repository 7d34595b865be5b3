import type { CompiledStack, Template } from '../../build/deployment.ts';
import { incompatibilities } from './compatibility.ts';

const stack = (name: string, types: Record<string, string>, Parameters: Template['Parameters'] = {}) =>
  ({
    name,
    template: {
      Parameters,
      Resources: Object.fromEntries(Object.entries(types).map(([id, Type]) => [id, { Type }])),
    },
  }) as CompiledStack;
const data = (types: Record<string, string>) => stack('data', types, { Databases: { Type: 'String' } });

describe('what stands between two releases', () => {
  test('is nothing when resources come, go and stay', () => {
    const former = [data({ Products: 'Table', Old: 'Table' }), stack('gone', { Topic: 'Topic' })];
    expect(incompatibilities(former, [data({ Products: 'Table', New: 'Queue' })])).toEqual([]);
  });

  test('is a resource that has another type now', () => {
    const current = [data({ Products: 'AWS::DynamoDB::GlobalTable' })];
    expect(incompatibilities([data({ Products: 'AWS::DynamoDB::Table' })], current)).toEqual([
      'data / Products was AWS::DynamoDB::Table and is AWS::DynamoDB::GlobalTable',
    ]);
  });

  test('is a release that brings no databases and takes none', () => {
    const former = [stack('data', { Products: 'Table' })];
    expect(incompatibilities(former, [data({ Products: 'Table' })])).toEqual([
      expect.stringContaining('databases'),
    ]);
  });
});
