import { addProduct, ensureCategory, type Product, until, uploadPicture } from '../shop-actions.ts';
import type { ShopClient } from '../shop-client.ts';
import { cutOut, phonePhotograph, webPicture } from './pictures.ts';

const categories: [id: string, name: string][] = [
  ['kitchen', 'Kitchen'],
  ['garden', 'Garden'],
  ['desk', 'Desk'],
];

/** What the demo shop sells; `tint` is the hue of its picture. */
const goods = [
  { name: 'Stoneware mug', category: 'kitchen', cents: 1490, stock: 120, tint: 18 },
  { name: 'Copper pan', category: 'kitchen', cents: 8900, stock: 24, tint: 32 },
  { name: 'Linen tea towel', category: 'kitchen', cents: 1250, stock: 300, tint: 205 },
  { name: 'Watering can', category: 'garden', cents: 3490, stock: 60, tint: 130 },
  { name: 'Pruning shears', category: 'garden', cents: 4250, stock: 45, tint: 95 },
  { name: 'Brass desk lamp', category: 'desk', cents: 12900, stock: 15, tint: 48 },
  { name: 'Cork board', category: 'desk', cents: 2890, stock: 80, tint: 28 },
  { name: 'Fountain pen', category: 'desk', cents: 5400, stock: 50, tint: 230 },
];

const makers = [
  { contentType: 'image/jpeg', make: phonePhotograph },
  { contentType: 'image/png', make: cutOut },
  { contentType: 'image/webp', make: webPicture },
];

/** Whether the shop sells anything yet. */
export const isStocked = async (shop: ShopClient): Promise<boolean> =>
  (await shop.call<{ items: unknown[] }>('GET', '/api/v1/products?limit=1')).items.length > 0;

/**
 * Fills an empty shop through its own API: categories, products with stock, and pictures that the project draws.
 * Resolves when the pictures can be seen; `log` is told of each product.
 */
export async function seedCatalogue(admin: ShopClient, log: (line: string) => void): Promise<Product[]> {
  for (const [id, name] of categories) await ensureCategory(admin, id, name);
  const products = await Promise.all(
    goods.map(async (item, index) => {
      const product = await addProduct(admin, item);
      const { contentType, make } = makers[index % makers.length]!;
      const bytes = await make(item.name, item.tint);
      await uploadPicture(admin, { productId: product.productId, contentType, bytes, altText: item.name });
      log(`${item.name}: ${contentType}, ${(bytes.length / 1024).toFixed(0)} KB`);
      return product;
    }),
  );
  return Promise.all(
    products.map(({ productId }) =>
      until(
        () => admin.call<Product>('GET', `/api/v1/products/${productId}`),
        ({ pictures }) => pictures.length > 0,
        60_000,
      ),
    ),
  );
}
