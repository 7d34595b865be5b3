import { conditionFailed } from '#shared/dynamo/conditions.ts';
import { handledMark } from '#shared/dynamo/handled-events.ts';
import { MediaProcessed } from '#shared/events/media.ts';
import { on } from '#shared/lambda/event-dispatch.ts';
import { queueHandler } from '#shared/lambda/queue.ts';
import { clock, products, tables } from '../app.ts';
import { showPicture } from '../domain/product.ts';

/** A finished picture is shown with its product; one of a product that does not exist is shown nowhere. */
export const handler = queueHandler([
  on(MediaProcessed, async ({ id, data: { productId, ...picture } }) => {
    const mark = handledMark(tables.idempotency, {
      subscriber: 'products.on-media-processed',
      eventId: id,
    });
    await products()
      .attach(productId, (current) => showPicture(current, picture, clock()), [mark])
      .catch((error: unknown) => {
        // The mark is there: this event was handled before.
        if (!conditionFailed(error, mark)) throw error;
      });
  }),
]);
