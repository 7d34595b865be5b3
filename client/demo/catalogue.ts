import { addProduct, ensureCategory, type Product, until, uploadPicture } from '../shop-actions.ts';
import type { ShopClient } from '../shop-client.ts';
import { cutOut, phonePhotograph, webPicture } from './pictures.ts';

const categories: [id: string, name: string][] = [
  ['kitchen', 'Kitchen'],
  ['garden', 'Garden'],
  ['desk', 'Desk'],
];

/** The demo products; `tint` is the hue of their image. */
const demoProducts = [
  { name: 'Stoneware mug', category: 'kitchen', cents: 1490, stock: 120, tint: 18 },
  { name: 'Copper pan', category: 'kitchen', cents: 8900, stock: 24, tint: 32 },
  { name: 'Linen tea towel', category: 'kitchen', cents: 1250, stock: 300, tint: 205 },
  { name: 'Watering can', category: 'garden', cents: 3490, stock: 60, tint: 130 },
  { name: 'Pruning shears', category: 'garden', cents: 4250, stock: 45, tint: 95 },
  { name: 'Brass desk lamp', category: 'desk', cents: 12900, stock: 15, tint: 48 },
  { name: 'Cork board', category: 'desk', cents: 2890, stock: 80, tint: 28 },
  { name: 'Fountain pen', category: 'desk', cents: 5400, stock: 50, tint: 230 },
];

const imageTypes = [
  { contentType: 'image/jpeg', draw: phonePhotograph },
  { contentType: 'image/png', draw: cutOut },
  { contentType: 'image/webp', draw: webPicture },
];

/** Whether the shop has any product. */
export const isStocked = async (shop: ShopClient): Promise<boolean> =>
  (await shop.call<{ items: unknown[] }>('GET', '/api/v1/products?limit=1')).items.length > 0;

/**
 * Fills an empty shop through its API: categories, products with stock, and generated images. Resolves when the images
 * have been processed; `log` receives each product.
 */
export async function seedCatalogue(admin: ShopClient, log: (line: string) => void): Promise<Product[]> {
  for (const [id, name] of categories) await ensureCategory(admin, id, name);
  const products = await Promise.all(
    demoProducts.map(async (item, index) => {
      const product = await addProduct(admin, item);
      const { contentType, draw } = imageTypes[index % imageTypes.length]!;
      const bytes = await draw(item.name, item.tint);
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
