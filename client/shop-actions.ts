import { randomUUID } from 'node:crypto';
import { type ShopClient, UnexpectedAnswer } from './shop-client.ts';

/** What the demo, the tests and the benchmarks do in a shop, each as a front end would: over HTTP alone. */

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

/** Makes a category unless it is there. */
export async function ensureCategory(admin: ShopClient, categoryId: string, name: string): Promise<void> {
  const answer = await admin.send('POST', '/api/v1/categories', { body: { categoryId, name } });
  if (answer.status !== 201 && answer.status !== 409)
    throw new UnexpectedAnswer(`category ${categoryId}: ${answer.status} ${answer.text}`);
}

/** Adds a product with stock in two warehouses, most of it in the first. */
export async function addProduct(
  admin: ShopClient,
  product: { name: string; category: string; cents: number; stock: number; description?: string },
): Promise<Product> {
  const added = await admin.call<Product>('POST', '/api/v1/products', {
    body: {
      name: product.name,
      description: product.description ?? `${product.name}, as you would expect it.`,
      category: product.category,
      price: { amountCents: product.cents, currency: 'EUR' },
    },
    key: randomUUID(),
  });
  const far = Math.floor(product.stock / 3);
  await setStock(admin, added.productId, { 'berlin-1': product.stock - far, 'lyon-2': far });
  return added;
}

/** Counts a product's stock anew. */
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

/** Where a picture may be sent to, by the shop's word. */
type UploadTicket = {
  mediaId: string;
  upload: { method: string; url: string; headers: Record<string, string> };
};

/** Uploads a picture of a product by a presigned request; it is shown once it has been processed. */
export async function uploadPicture(
  admin: ShopClient,
  picture: { productId: string; contentType: string; bytes: Buffer; altText: string },
): Promise<string> {
  const { mediaId, upload } = await admin.call<UploadTicket>('POST', '/api/v1/media/uploads', {
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
  if (!sent.ok) throw new UnexpectedAnswer(`upload of ${mediaId}: ${sent.status} ${await sent.text()}`);
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

/** Places an order of one piece each, under a new key. */
export const placeOrder = (
  customer: ShopClient,
  lines: { productId: string; quantity: number }[],
  paymentMethod?: string,
): Promise<Order> =>
  customer.call('POST', '/api/v1/orders', { body: orderOf(lines, paymentMethod), key: randomUUID() });

/** Asks again and again, a little slower each time, until `done` says so. @throws Error with the last answer after `timeoutMs` */
export async function until<T>(
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let pauseMs = 20;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(answer)?.slice(0, 1500)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 1.5, 500);
  }
}

/** An order once it has one of these states. */
export const orderIn = (caller: ShopClient, id: string, ...states: Order['status'][]): Promise<Order> =>
  until(
    () => caller.call<Order>('GET', `/api/v1/orders/${id}`),
    ({ status }) => states.includes(status),
  );
