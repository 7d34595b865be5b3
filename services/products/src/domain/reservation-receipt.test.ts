import { newId } from '#shared/ids.ts';
import { readReceipt, writeReceipt } from './reservation-receipt.ts';

const [lamp, chair] = [newId(), newId()];
const reserved = [
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

describe('the receipt of a reservation', () => {
  test('contains the allocations of each line', () => {
    expect(readReceipt(writeReceipt(reserved), paid)).toEqual(reserved);
  });

  test.each([
    ['of fewer lines', writeReceipt(reserved.slice(1))],
    [
      'of another quantity',
      writeReceipt([{ ...reserved[0]!, allocations: [{ warehouseId: 'north', quantity: 1 }] }, reserved[1]!]),
    ],
    ['of another product', writeReceipt([{ ...reserved[0]!, productId: newId() }, reserved[1]!])],
    ['of one product twice', writeReceipt([reserved[1]!, reserved[1]!])],
    ['that is not a receipt', '{"a":1}'],
    ['that is not JSON', 'receipt'],
  ])('%s is not accepted', (_, receipt) => {
    expect(readReceipt(receipt, paid)).toBeUndefined();
  });
});
