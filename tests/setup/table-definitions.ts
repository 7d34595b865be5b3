import { resolve } from 'node:path';
import { compileStacks } from '../../local/compile/compile-stacks.ts';
import type { Json } from '../../local/deployment.ts';

const STAGE = 'local';

/**
 * The tables of `resources/data` as CreateTable takes them, by the name behind project and stage (`products`), from
 * the same compiled template that is deployed.
 */
export async function tableDefinitions(): Promise<Record<string, Record<string, Json>>> {
  const root = resolve(import.meta.dirname, '../..');
  const [data] = await compileStacks({ root, stage: STAGE, directories: ['resources/data'] });
  const tables = Object.values(data?.template.Resources ?? {}).filter(
    (one) => one.Type === 'AWS::DynamoDB::GlobalTable',
  );
  return Object.fromEntries(
    tables.map(({ Properties = {} }) => [shortName(String(Properties.TableName)), creation(Properties)]),
  );
}

const shortName = (tableName: string) => tableName.slice(tableName.indexOf(`-${STAGE}-`) + STAGE.length + 2);

/** What CreateTable knows of a table; time to live and backups have calls of their own, which no suite needs. */
function creation(properties: Record<string, Json>): Record<string, Json> {
  const {
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
    StreamSpecification,
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
    }).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
