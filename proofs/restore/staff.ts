import { drawn } from '../../client/demo/pictures.ts';
import { addProduct, uploadPicture } from '../../client/shop-actions.ts';
import type { Load } from '../load/load.ts';
import type { Confirmed } from './data-loss.ts';
import { type Repeating, repeating } from './repeating.ts';

const intervalMs = 1_500;

/** Adds products with images and registers accounts beside a load. */
export type Staff = Repeating & { accounts: readonly Confirmed[]; products: readonly Confirmed[] };

export function startStaff({ admin, customers, newCustomer }: Load): Staff {
  const accounts: Confirmed[] = customers.map(({ userId }) => ({ id: userId, at: Date.now() }));
  const products: Confirmed[] = [];
  let number = 0;
  const { stop } = repeating(intervalMs, async () => {
    number += 1;
    const name = `New ${number}`;
    const { productId } = await addProduct(admin, { name, category: 'load', cents: 500, stock: 3 });
    products.push({ id: productId, at: Date.now() });
    const image = drawn(name, number * 40, 640, 480).jpeg();
    const bytes = await image.toBuffer();
    await uploadPicture(admin, { productId, contentType: 'image/jpeg', bytes, altText: name });
    const { userId } = await newCustomer('New Customer');
    accounts.push({ id: userId, at: Date.now() });
  });
  return { accounts, products, stop };
}
