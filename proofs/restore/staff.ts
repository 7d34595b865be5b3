import { setTimeout as pause } from 'node:timers/promises';
import { drawn } from '../../client/demo/pictures.ts';
import { addProduct, uploadPicture } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import type { Load } from '../load/load.ts';
import type { Confirmed } from './data-loss.ts';
import { FirstFailure } from './first-failure.ts';

const intervalMs = 1_500;

/** Adds products with images and registers accounts beside a load. */
export type Staff = {
  accounts: readonly Confirmed[];
  products: readonly Confirmed[];
  /** @throws the first error before the loss of the shop (ms) */
  stop(lossAt?: number): Promise<void>;
};

export function startStaff(url: string, { admin, customers }: Load): Staff {
  const anonymous = new ShopClient(url);
  const accounts: Confirmed[] = customers.map(({ userId }) => ({ id: userId, at: Date.now() }));
  const products: Confirmed[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  const failure = new FirstFailure();
  const work = async () => {
    for (let number = 1; !signal.aborted; number += 1) {
      const name = `New ${number}`;
      const { productId } = await addProduct(admin, { name, category: 'load', cents: 500, stock: 3 });
      products.push({ id: productId, at: Date.now() });
      const image = drawn(name, number * 40, 640, 480).jpeg();
      const bytes = await image.toBuffer();
      await uploadPicture(admin, { productId, contentType: 'image/jpeg', bytes, altText: name });
      const { userId } = await anonymous.register('New Customer');
      accounts.push({ id: userId, at: Date.now() });
      await pause(intervalMs, undefined, { signal });
    }
  };
  const working = work().catch(failure.record);
  return {
    accounts,
    products,
    stop: async (lossAt = 0) => {
      stopping.abort();
      await working;
      failure.throwIfBefore(lossAt);
    },
  };
}
