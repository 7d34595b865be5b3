import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../build/stacks.ts';

const perOrder = z.record(z.string(), z.number().nonnegative());
const schema = z.strictObject({
  measured: z.iso.date(),
  orders: z.int().positive(),
  /** By function name without project and stage. */
  invocations: perOrder,
  /** AWS calls by function and operation: `orders-place-order sns:PublishBatch`. */
  calls: perOrder,
  /** DynamoDB items written or read, by function, operation and table: `products-reserve-stock Query inventory`. */
  items: perOrder,
  /** Bytes that all functions write to their logs. */
  logBytes: z.int().positive(),
});

/** The invocations and AWS calls of one order with two lines. */
export type OrderCalls = z.output<typeof schema>;

/** Reads the counts that `node bench/order-calls.ts` wrote. */
export const readOrderCalls = (): OrderCalls =>
  schema.parse(JSON.parse(readFileSync(join(root, 'docs/order-calls.json'), 'utf8')));
