import { attributeContext } from './dynamodb-attributes.ts';

const attributes = (part: Parameters<typeof attributeContext>[1][number], action = 'UpdateItem') =>
  attributeContext(action, [part])['dynamodb:attributes']?.toSorted();

describe('the attributes that a request to DynamoDB names', () => {
  test('are those of its key and of every expression, at the top level', () => {
    expect(
      attributes({
        Key: { product_id: { S: 'p' }, warehouse_id: { S: 'w' } },
        UpdateExpression: 'SET low_announced = :true, #e.count[0].x = if_not_exists(seen, :zero) REMOVE gone',
        ConditionExpression: 'attribute_exists(product_id) AND available BETWEEN :low AND :high',
        ExpressionAttributeNames: { '#e': 'events' },
      }),
    ).toEqual(['available', 'events', 'gone', 'low_announced', 'product_id', 'seen', 'warehouse_id']);
  });
  test('never include values or keywords of expressions', () => {
    expect(attributes({ UpdateExpression: 'ADD available :available, version :one' })).toEqual([
      'available',
      'version',
    ]);
    expect(attributes({ ConditionExpression: 'contains(tags, :tags) OR NOT size(tags) > :n' })).toEqual([
      'tags',
    ]);
  });
  test('of a written item are all of its attributes', () => {
    expect(attributes({ Item: { id: {}, price: {} } }, 'PutItem')).toEqual(['id', 'price']);
  });
});

describe('the attributes that a request returns', () => {
  test('are all when a read has no projection', () => {
    expect(attributeContext('GetItem', [{ Key: { id: {} } }])).toMatchObject({
      'dynamodb:select': ['ALL_ATTRIBUTES'],
    });
    expect(attributeContext('Query', [{ ProjectionExpression: 'id' }])).toMatchObject({
      'dynamodb:select': ['SPECIFIC_ATTRIBUTES'],
    });
  });
  test('are none when a write requests none', () => {
    expect(attributeContext('UpdateItem', [{}])).toEqual({ 'dynamodb:returnvalues': ['NONE'] });
    expect(attributeContext('DeleteItem', [{ ReturnValues: 'ALL_OLD' }])).toEqual({
      'dynamodb:returnvalues': ['ALL_OLD'],
    });
  });
});
