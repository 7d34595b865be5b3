import { MediaProcessed } from '#shared/events/media.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { clock, products } from '../app.ts';
import { decideProduct } from '../domain/product.ts';

/** Attaches a processed picture to its product; a picture of an unknown product is ignored. */
export const handler = queueHandler([
  on(MediaProcessed, async ({ id, data: { productId, ...picture } }, cause) => {
    const handled = { subscriber: 'products.on-media-processed', eventId: id };
    const lastRead = await products().find(productId);
    if (lastRead === undefined) return products().acknowledge(handled);
    const command = { kind: 'attach-picture', picture, now: clock() } as const;
    await products().change(productId, (entry) => decideProduct(entry, command), {
      cause,
      handled,
      lastRead,
    });
  }),
]);
