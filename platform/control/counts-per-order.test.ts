import { countsPerOrder } from './counts-per-order.ts';

describe('counts per order', () => {
  const call = { function: 'shop-products-local-reserve-stock', service: 'dynamodb', denied: 0 };
  const written = { ...call, operation: 'TransactWriteItems', action: 'dynamodb:UpdateItem' };
  const table = (name: string) => `arn:aws:dynamodb:eu-west-1:000000000000:table/shop-local-${name}`;

  test('count a call for several tables once, and the items of each table', () => {
    const calls = [
      { ...written, resource: table('inventory'), count: 10, items: 20 },
      { ...written, resource: table('reservations'), count: 10, items: 10 },
      { ...written, action: 'dynamodb:PutItem', resource: table('reservations'), count: 5, items: 5 },
    ];
    expect(countsPerOrder({ calls }, 10)).toEqual({
      calls: { 'products-reserve-stock dynamodb:TransactWriteItems': 1 },
      items: {
        'products-reserve-stock TransactWriteItems inventory': 2,
        'products-reserve-stock TransactWriteItems reservations': 1.5,
      },
    });
  });
});
