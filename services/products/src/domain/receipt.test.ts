import { newId } from '#shared/ids.ts';
import { readReceipt, writeReceipt } from './receipt.ts';

const [lamp, chair] = [newId(), newId()];
const held = [
  { productId: lamp, allocations: [{ warehouseId: 'north', quantity: 2 }] },
  {
    productId: chair,
    allocations: [
      { warehouseId: 'north', quantity: 1 },
      { warehouseId: 'south', quantity: 3 },
    ],
  },
];
const paid = [
  { productId: chair, quantity: 4 },
  { productId: lamp, quantity: 2 },
];

describe('the receipt of a hold', () => {
  test('says where each line lies', () => {
    expect(readReceipt(writeReceipt(held), paid)).toEqual(held);
  });

  test.each([
    ['of fewer lines', writeReceipt(held.slice(1))],
    [
      'of another quantity',
      writeReceipt([{ ...held[0]!, allocations: [{ warehouseId: 'north', quantity: 1 }] }, held[1]!]),
    ],
    ['of another product', writeReceipt([{ ...held[0]!, productId: newId() }, held[1]!])],
    ['of one product twice', writeReceipt([held[1]!, held[1]!])],
    ['that is none', '{"a":1}'],
    ['that is no JSON', 'receipt'],
  ])('%s says nothing', (_, receipt) => {
    expect(readReceipt(receipt, paid)).toBeUndefined();
  });
});
