import type { IndexSpec, KeyAttribute, TableSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { type DynamoDbClient, DynamoDbError } from '../engines/dynamodb-client.ts';

type DynamoDbCall = DynamoDbClient['call'];

type KeySchema = { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
type IndexDescription = {
  IndexName: string;
  KeySchema: KeySchema;
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
  IndexStatus?: string;
};
type TableDescription = {
  TableStatus: string;
  KeySchema: KeySchema;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: IndexDescription[];
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: string };
};

/**
 * Creates missing tables and changes those that differ: indexes, time to live, stream.
 * @throws StartError for a changed key, which DynamoDB cannot change
 */
export async function provisionTables(call: DynamoDbCall, tables: TableSpec[]): Promise<void> {
  await Promise.all(
    tables.map(async (table) => {
      const existing = await describe(call, table.name);
      if (existing) await change(call, table, existing);
      else await create(call, table);
      await setTimeToLive(call, table);
    }),
  );
}

async function describe(call: DynamoDbCall, name: string): Promise<TableDescription | undefined> {
  try {
    return (await call<{ Table: TableDescription }>('DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if (error instanceof DynamoDbError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(call: DynamoDbCall, table: TableSpec): Promise<void> {
  const { globalIndexes } = table;
  await call('CreateTable', {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(table),
    AttributeDefinitions: definitions([table, ...globalIndexes]),
    ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes.map(indexInput) } : {}),
    ...(table.stream ? { StreamSpecification: streamInput(table.stream.viewType) } : {}),
  });
}

async function change(call: DynamoDbCall, table: TableSpec, known: TableDescription): Promise<void> {
  if (fingerprint(table) !== knownFingerprint(known.KeySchema, known))
    throw unsupportedChange(table, 'its key has changed');
  await changeIndexes(call, table, known);
  await changeStream(call, table, known);
}

/** DynamoDB changes one index at a time. */
async function changeIndexes(call: DynamoDbCall, table: TableSpec, known: TableDescription): Promise<void> {
  const wanted = new Map(table.globalIndexes.map((index) => [index.name, index]));
  const existing = new Map((known.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const update = (change: object, indexes: IndexSpec[]) =>
    call('UpdateTable', {
      TableName: table.name,
      AttributeDefinitions: definitions([table, ...indexes]),
      GlobalSecondaryIndexUpdates: [change],
    });
  for (const [name, index] of existing)
    if (!sameIndex(wanted.get(name), index, known)) {
      await update({ Delete: { IndexName: name } }, table.globalIndexes);
      existing.delete(name);
    }
  for (const [name, index] of wanted)
    if (!existing.has(name)) await update({ Create: indexInput(index) }, table.globalIndexes);
}

async function changeStream(call: DynamoDbCall, table: TableSpec, known: TableDescription): Promise<void> {
  const current = known.StreamSpecification?.StreamEnabled
    ? known.StreamSpecification.StreamViewType
    : undefined;
  const wanted = table.stream?.viewType;
  if (current === wanted) return;
  const update = (StreamSpecification: object) =>
    call('UpdateTable', { TableName: table.name, StreamSpecification });
  if (current !== undefined) await update({ StreamEnabled: false });
  if (wanted !== undefined) await update(streamInput(wanted));
}

async function setTimeToLive(call: DynamoDbCall, table: TableSpec): Promise<void> {
  const { TimeToLiveDescription: known } = await call<{
    TimeToLiveDescription?: { TimeToLiveStatus: string; AttributeName?: string };
  }>('DescribeTimeToLive', { TableName: table.name });
  const enabled = known?.TimeToLiveStatus === 'ENABLED' || known?.TimeToLiveStatus === 'ENABLING';
  const current = enabled ? known?.AttributeName : undefined;
  if (current === table.ttlAttribute) return;
  const set = (AttributeName: string, Enabled: boolean) =>
    call('UpdateTimeToLive', {
      TableName: table.name,
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
  if (current !== undefined) await set(current, false);
  if (table.ttlAttribute !== undefined) await set(table.ttlAttribute, true);
}

type Keyed = { partitionKey: KeyAttribute; sortKey?: KeyAttribute };

function keysOf({ partitionKey, sortKey }: Keyed): KeyAttribute[] {
  return sortKey ? [partitionKey, sortKey] : [partitionKey];
}

function keySchema(keyed: Keyed): KeySchema {
  return keysOf(keyed).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  }));
}

function definitions(keyed: Keyed[]): { AttributeName: string; AttributeType: string }[] {
  const types = new Map(keyed.flatMap(keysOf).map(({ name, type }) => [name, type]));
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

function indexInput(index: IndexSpec): IndexDescription {
  const { type, nonKeyAttributes } = index.projection;
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: type, ...(nonKeyAttributes ? { NonKeyAttributes: nonKeyAttributes } : {}) },
  };
}

function streamInput(viewType: string): { StreamEnabled: true; StreamViewType: string } {
  return { StreamEnabled: true, StreamViewType: viewType };
}

function sameIndex(
  wanted: IndexSpec | undefined,
  existing: IndexDescription | undefined,
  known: TableDescription,
): boolean {
  if (!wanted || !existing) return false;
  const { type, nonKeyAttributes = [] } = wanted.projection;
  return (
    fingerprint(wanted) === knownFingerprint(existing.KeySchema, known) &&
    type === existing.Projection.ProjectionType &&
    nonKeyAttributes.toSorted().join() === (existing.Projection.NonKeyAttributes ?? []).toSorted().join()
  );
}

/** A key schema as text, including the types, for comparison. */
function fingerprint(keyed: Keyed): string {
  return keysOf(keyed)
    .map(({ name, type }) => `${name}:${type}`)
    .join(' ');
}

function knownFingerprint(schema: KeySchema, known: TableDescription): string {
  const types = new Map(known.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  return schema
    .toSorted((a, b) => a.KeyType.localeCompare(b.KeyType))
    .map(({ AttributeName }) => `${AttributeName}:${types.get(AttributeName)}`)
    .join(' ');
}

function unsupportedChange(table: TableSpec, problem: string): StartError {
  return new StartError(
    `${table.stack} / ${table.logicalId}: the table ${table.name} exists and ${problem}. ` +
      '`npm run reset` deletes the local data, so that the table can be created again.',
  );
}
