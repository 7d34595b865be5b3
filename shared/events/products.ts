import * as z from 'zod';
import { amountCentsSchema, currencySchema } from '../money.ts';
import { event } from './event.ts';

export const ProductChanged = event({
  source: 'products',
  type: 'PRODUCT_CHANGED',
  version: 1,
  topics: ['product-events.fifo'],
  description: 'A product was added, changed or taken from sale.',
  data: z.object({
    productId: z.uuid(),
    change: z.enum(['added', 'changed', 'retired']),
    name: z.string().max(200),
    category: z.string().max(100),
    priceCents: amountCentsSchema,
    currency: currencySchema,
  }),
});

export const StockLow = event({
  source: 'products',
  type: 'STOCK_LOW',
  version: 1,
  topics: ['product-events.fifo'],
  description: 'What is left of a product over all warehouses fell to its reorder level.',
  data: z.object({ productId: z.uuid(), name: z.string().max(200), available: z.int().min(0) }),
});

export const ReservationLost = event({
  source: 'products',
  type: 'RESERVATION_LOST',
  version: 1,
  topics: ['product-events.fifo'],
  description: 'The reservation of a paid order was lost and the stock is gone.',
  data: z.object({ orderId: z.uuid(), productIds: z.array(z.uuid()).max(45) }),
});
