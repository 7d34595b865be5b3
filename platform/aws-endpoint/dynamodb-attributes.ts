import type { ConditionContext } from '../../build/iam/conditions.ts';

/** The members of a request (or of one part of a transaction or batch) that refer to attributes. */
export type AttributeReferences = {
  Key?: Record<string, unknown>;
  Item?: Record<string, unknown>;
  Keys?: Record<string, unknown>[];
  AttributesToGet?: string[];
  AttributeUpdates?: Record<string, unknown>;
  Expected?: Record<string, unknown>;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ProjectionExpression?: string;
  FilterExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  Select?: string;
  ReturnValues?: string;
};

const keywords = new Set(['set', 'remove', 'add', 'delete', 'and', 'or', 'not', 'between', 'in']);
/** A document path; a following bracket makes it a function name. */
const attributePath = /(?<![:\w#.])(#?[A-Za-z_]\w*)(?:\.#?\w+|\[\d+\])*\s*(\(?)/g;
const readActions = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/**
 * The condition keys of DynamoDB's fine-grained access control: `dynamodb:Attributes`, the top-level attributes to which
 * the request refers; `dynamodb:Select`, which attributes a read returns; `dynamodb:ReturnValues`, what a write returns
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
 */
export function attributeContext(action: string, parts: AttributeReferences[]): ConditionContext {
  const attributes = [...new Set(parts.flatMap(attributesOf))];
  return {
    ...(attributes.length > 0 ? { 'dynamodb:attributes': attributes } : {}),
    ...(readActions.has(action) ? { 'dynamodb:select': [...new Set(parts.map(selectOf))] } : {}),
    ...(action === 'PutItem' || action === 'UpdateItem' || action === 'DeleteItem'
      ? { 'dynamodb:returnvalues': [...new Set(parts.map(({ ReturnValues }) => ReturnValues ?? 'NONE'))] }
      : {}),
  };
}

/** DynamoDB's default: all attributes, or the projected ones. */
function selectOf({ Select, ProjectionExpression, AttributesToGet }: AttributeReferences): string {
  return Select ?? (ProjectionExpression || AttributesToGet ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES');
}

function attributesOf(part: AttributeReferences): string[] {
  const names = part.ExpressionAttributeNames ?? {};
  const expressions = [
    part.UpdateExpression,
    part.ConditionExpression,
    part.ProjectionExpression,
    part.FilterExpression,
    part.KeyConditionExpression,
  ];
  return [
    ...[part.Key, part.Item, part.AttributeUpdates, part.Expected, ...(part.Keys ?? [])].flatMap((named) =>
      Object.keys(named ?? {}),
    ),
    ...(part.AttributesToGet ?? []),
    ...expressions.flatMap((expression) => namedIn(expression ?? '', names)),
  ];
}

/** Parsed expressions. Code has few of them; the limit is for callers that write values into them. */
const parsed = new Map<string, string[]>();
const maxCachedExpressions = 1_000;

function namedIn(expression: string, names: Record<string, string>): string[] {
  let found = parsed.get(expression);
  if (found === undefined) {
    found = [...expression.matchAll(attributePath)]
      .filter(([, name = '', bracket]) => bracket === '' && !keywords.has(name.toLowerCase()))
      .map(([, name = '']) => name);
    if (parsed.size >= maxCachedExpressions) parsed.clear();
    parsed.set(expression, found);
  }
  return found.map((name) => names[name] ?? name);
}
