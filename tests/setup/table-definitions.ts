import { resolve } from 'node:path';
import { compileStacks } from '../../build/compile/compile-stacks.ts';
import type { Json } from '../../build/deployment.ts';
import { resolveResource } from '../../build/template/resource-reader.ts';
import { StackValues } from '../../build/template/stack-values.ts';

const stage = 'local';

/**
 * The input of CreateTable for each table of `resources/data`, from the compiled template that is deployed, by the name
 * without project and stage (`products`).
 */
export async function tableDefinitions(): Promise<Record<string, Record<string, Json>>> {
  const root = resolve(import.meta.dirname, '../..');
  const [data] = await compileStacks({ root, stage: stage, directories: ['resources/data'] });
  if (data === undefined) throw new Error('resources/data does not compile to a stack');
  const place = { region: 'eu-west-1', accountId: '000000000000', queueUrlBase: 'http://127.0.0.1' };
  // Tables import nothing; imports of other resources are not resolved.
  const values = new StackValues(data, place, {}, (name) => name);
  return Object.fromEntries(
    values
      .activeResources()
      .filter(([, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable')
      .map(([logicalId, resource]) => {
        const { properties } = resolveResource(values, logicalId, resource);
        return [shortName(String(properties['TableName'])), creation(properties)];
      }),
  );
}

const shortName = (tableName: string) => tableName.slice(tableName.indexOf(`-${stage}-`) + stage.length + 2);

/** The parameters of CreateTable, and the time to live, which tests check and CreateTable does not accept. */
function creation(properties: Record<string, Json>): Record<string, Json> {
  const {
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
    StreamSpecification,
    TimeToLiveSpecification,
  } = properties;
  const stream = StreamSpecification as Record<string, Json> | undefined;
  return Object.fromEntries(
    Object.entries({
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      GlobalSecondaryIndexes,
      LocalSecondaryIndexes,
      StreamSpecification: stream ? { ...stream, StreamEnabled: true } : undefined,
      TimeToLiveSpecification,
    }).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
