import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../build/stacks.ts';

const schema = z.strictObject({
  measured: z.iso.date(),
  orders: z.int().positive(),
  /** By function name without project and stage. */
  invocations: z.record(z.string(), z.number().nonnegative()),
  /** AWS calls by function and operation: `orders-place-order sns:PublishBatch`. */
  calls: z.record(z.string(), z.number().nonnegative()),
});

/** The invocations and AWS calls of one order with two lines. */
export type OrderCalls = z.output<typeof schema>;

/** Reads the counts that `node bench/order-calls.ts` wrote. */
export const readOrderCalls = (): OrderCalls =>
  schema.parse(JSON.parse(readFileSync(join(root, 'docs/order-calls.json'), 'utf8')));
