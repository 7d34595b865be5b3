import { randomUUID } from 'node:crypto';
import { type ShopClient, UnexpectedResponse } from './shop-client.ts';

/** Actions of the demo, tests and benchmarks, over the HTTP API like a front end. */

export type Money = { amountCents: number; currency: string };
export type Rendition = { url: string; format: string; width: number; height: number; bytes: number };
export type Product = {
  productId: string;
  name: string;
  category: string;
  price: Money;
  pictures: { mediaId: string; altText: string; renditions: Rendition[] }[];
  version: number;
};
export type Order = {
  id: string;
  number: string;
  status: 'pending' | 'paid' | 'shipped' | 'completed' | 'cancelled';
  totalCents: number;
  currency: string;
  placedAt: string;
  version: number;
  cancellation?: { reason: string };
};
export type Stock = {
  available: number;
  warehouses: { warehouseId: string; onHand: number; available: number; reserved: number }[];
};

/** Creates a category unless it exists. */
export async function ensureCategory(admin: ShopClient, categoryId: string, name: string): Promise<void> {
  const response = await admin.send('POST', '/api/v1/categories', { body: { categoryId, name } });
  if (response.status !== 201 && response.status !== 409)
    throw new UnexpectedResponse(`category ${categoryId}: ${response.status} ${response.text}`);
}

/** Adds a product with stock in two warehouses, most of it in the first. */
export async function addProduct(
  admin: ShopClient,
  product: { name: string; category: string; cents: number; stock: number; description?: string },
): Promise<Product> {
  const added = await admin.call<Product>('POST', '/api/v1/products', {
    body: {
      name: product.name,
      description: product.description ?? `The product ${product.name}.`,
      category: product.category,
      price: { amountCents: product.cents, currency: 'EUR' },
    },
    key: randomUUID(),
  });
  const second = Math.floor(product.stock / 3);
  await setStock(admin, added.productId, { 'berlin-1': product.stock - second, 'lyon-2': second });
  return added;
}

/** Sets a product's stock by warehouse. */
export const setStock = (
  admin: ShopClient,
  productId: string,
  onHand: Record<string, number>,
): Promise<Stock> =>
  admin.call('PUT', `/api/v1/inventory/${productId}`, {
    body: {
      warehouses: Object.entries(onHand).map(([warehouseId, pieces]) => ({ warehouseId, onHand: pieces })),
    },
  });

/** A presigned upload. */
type Upload = {
  mediaId: string;
  upload: { method: string; url: string; headers: Record<string, string> };
};

/** Uploads an image of a product with a presigned request; the product has it once it has been processed. */
export async function uploadPicture(
  admin: ShopClient,
  picture: { productId: string; contentType: string; bytes: Buffer; altText: string },
): Promise<string> {
  const { mediaId, upload } = await admin.call<Upload>('POST', '/api/v1/media/uploads', {
    body: {
      productId: picture.productId,
      contentType: picture.contentType,
      bytes: picture.bytes.length,
      altText: picture.altText,
    },
  });
  const sent = await fetch(upload.url, {
    method: upload.method,
    headers: upload.headers,
    body: new Uint8Array(picture.bytes),
  });
  if (!sent.ok) throw new UnexpectedResponse(`upload of ${mediaId}: ${sent.status} ${await sent.text()}`);
  return mediaId;
}

/** The body of an order. */
export const orderOf = (
  lines: { productId: string; quantity: number }[],
  paymentMethod = 'pm_card_visa',
): Record<string, unknown> => ({
  lines,
  shippingAddress: {
    name: 'Ada Example',
    line1: 'Beispielstraße 1',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  paymentMethod,
});

/** Places an order under a new Idempotency-Key. */
export const placeOrder = (
  customer: ShopClient,
  lines: { productId: string; quantity: number }[],
  paymentMethod?: string,
): Promise<Order> =>
  customer.call('POST', '/api/v1/orders', { body: orderOf(lines, paymentMethod), key: randomUUID() });

/** Polls with growing pauses until `isDone`. @throws Error with the last result after `timeoutMs` */
export async function until<T>(
  read: () => Promise<T>,
  isDone: (result: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let pauseMs = 20;
  for (;;) {
    const result = await read();
    if (isDone(result)) return result;
    if (Date.now() > end)
      throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(result)?.slice(0, 1500)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 1.5, 500);
  }
}

/** Waits until an order has one of these statuses, and returns it. */
export const orderIn = (caller: ShopClient, id: string, ...states: Order['status'][]): Promise<Order> =>
  until(
    () => caller.call<Order>('GET', `/api/v1/orders/${id}`),
    ({ status }) => states.includes(status),
  );
