import type { NewEvent } from '#shared/events/event.ts';
import type { Rendition } from '#shared/events/media.ts';
import { ProductChanged } from '#shared/events/products.ts';
import { newId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';

/** A picture of a product in all its sizes and formats. */
export type Picture = { mediaId: string; altText: string; renditions: Rendition[] };

/** What an admin says of a product. */
export type ProductDraft = { name: string; description: string; category: string; price: Money };

/** A product of the catalogue; a retired one can be looked at, and is neither listed nor sold. */
export type Product = ProductDraft & {
  productId: string;
  status: 'on-sale' | 'retired';
  pictures: Picture[];
  /** Counts the changes, from 1. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

/** What a decision comes to: the product as it is from now on, and what is to be announced. */
export type ProductDecision = { product: Product; events: NewEvent[] };

/** Pictures that a product shows at most; the oldest give way. */
export const maxPictures = 12;

/** Puts a product into the catalogue, without stock. */
export function addProduct(productId: string, draft: ProductDraft, now: Date): ProductDecision {
  const product: Product = {
    ...draft,
    productId,
    status: 'on-sale',
    pictures: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return { product, events: [announce(product, 'added', 1, now)] };
}

/** Replaces what an admin says of a product; `sequence` is the number of the product's next event. */
export function changeProduct(
  current: Product,
  draft: ProductDraft,
  sequence: number,
  now: Date,
): ProductDecision {
  const product: Product = { ...current, ...draft, version: current.version + 1, updatedAt: now };
  return { product, events: [announce(product, 'changed', sequence, now)] };
}

/** Takes a product from sale; undefined if it is already. */
export function retireProduct(current: Product, sequence: number, now: Date): ProductDecision | undefined {
  switch (current.status) {
    case 'retired':
      return undefined;
    case 'on-sale': {
      const product: Product = {
        ...current,
        status: 'retired',
        version: current.version + 1,
        updatedAt: now,
      };
      return { product, events: [announce(product, 'retired', sequence, now)] };
    }
  }
}

/** Shows a picture with the product; undefined if it is shown already. The newest come last. */
export function showPicture(current: Product, picture: Picture, now: Date): Product | undefined {
  if (current.pictures.some(({ mediaId }) => mediaId === picture.mediaId)) return undefined;
  const pictures = [...current.pictures, picture].slice(-maxPictures);
  return { ...current, pictures, version: current.version + 1, updatedAt: now };
}

const announce = (
  { productId, name, category, price }: Product,
  change: 'added' | 'changed' | 'retired',
  sequence: number,
  now: Date,
): NewEvent<typeof ProductChanged> => ({
  definition: ProductChanged,
  id: newId(),
  aggregateId: productId,
  sequence,
  time: now,
  data: { productId, change, name, category, priceCents: price.amountCents, currency: price.currency },
});
