import type { Decider, Decision } from '#shared/decider.ts';
import { PreconditionFailed, type ShopError } from '#shared/errors.ts';
import type { NewEvent } from '#shared/events/event.ts';
import type { Rendition } from '#shared/events/media.ts';
import { ProductChanged } from '#shared/events/products.ts';
import { type ExpectedVersion, expects } from '#shared/expected-version.ts';
import type { Money } from '#shared/money.ts';
import type { Offer } from './stock.ts';

/** A picture of a product in all its sizes and formats. */
export type Picture = { mediaId: string; altText: string; renditions: Rendition[] };

/** What an admin writes about a product. */
export type ProductDraft = { name: string; description: string; category: string; price: Money };

/** A product of the catalogue; a retired one can be read, but is neither listed nor sold. */
export type Product = ProductDraft & {
  productId: string;
  status: 'on-sale' | 'retired';
  pictures: Picture[];
  /** Counts the changes, from 1. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

/** A product and its offer, which reservations read. */
export type CatalogueEntry = { product: Product; offer: Offer };

/** When a command is executed, and the id of its event. */
type Occurrence = { eventId: string; now: Date };

export type ProductCommand =
  | ({ kind: 'change'; draft: ProductDraft; expectedVersion: ExpectedVersion } & Occurrence)
  | ({ kind: 'retire'; expectedVersion: ExpectedVersion } & Occurrence)
  | { kind: 'attach-picture'; picture: Picture; now: Date };

/** Most pictures of a product; the oldest are dropped. */
export const maxPictures = 12;
/** The reorder level of a new product. */
const defaultReorderLevel = 5;

/** Creates a product on sale, without stock. */
export function createProduct(
  productId: string,
  draft: ProductDraft,
  occurrence: Occurrence,
): Decision<CatalogueEntry> {
  const { now } = occurrence;
  const product: Product = {
    ...draft,
    productId,
    status: 'on-sale',
    pictures: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const offer: Offer = {
    ...soldAs(product),
    version: 0,
    eventCount: 0,
    reorderLevel: defaultReorderLevel,
    // Without stock there is nothing yet that could run low.
    lowAnnounced: true,
  };
  return announced(offer, product, 'added', occurrence);
}

/** The rules of a product after its creation. */
export const decideProduct: Decider<CatalogueEntry, ProductCommand, ShopError> = (entry, command) => {
  const { product, offer } = entry;
  switch (command.kind) {
    case 'change':
      if (!expects(command.expectedVersion, product.version)) return staleVersion(product);
      return announced(offer, { ...changed(product, command.now), ...command.draft }, 'changed', command);
    case 'retire':
      if (!expects(command.expectedVersion, product.version)) return staleVersion(product);
      if (product.status === 'retired') return { kind: 'unchanged', state: entry };
      return announced(offer, { ...changed(product, command.now), status: 'retired' }, 'retired', command);
    case 'attach-picture': {
      const { picture, now } = command;
      if (product.pictures.some(({ mediaId }) => mediaId === picture.mediaId))
        return { kind: 'unchanged', state: entry };
      const pictures = [...product.pictures, picture].slice(-maxPictures);
      return {
        kind: 'changed',
        state: { offer, product: { ...changed(product, now), pictures } },
        events: [],
      };
    }
  }
};

const changed = (product: Product, now: Date): Product => ({
  ...product,
  version: product.version + 1,
  updatedAt: now,
});

const staleVersion = ({ version }: Product): Decision<CatalogueEntry, ShopError> => ({
  kind: 'refused',
  refusal: new PreconditionFailed(`The product is at version ${version} by now.`, {
    subjects: [{ kind: 'version', message: 'is not the current version' }],
  }),
});

/** A change that reservations and other services see: it updates the offer and has an event. */
function announced(
  offer: Offer,
  product: Product,
  change: 'added' | 'changed' | 'retired',
  { eventId, now }: Occurrence,
): Extract<Decision<CatalogueEntry>, { kind: 'changed' }> {
  const { productId, name, category, price } = product;
  const sequence = offer.eventCount + 1;
  const event: NewEvent<typeof ProductChanged> = {
    definition: ProductChanged,
    id: eventId,
    aggregateId: productId,
    sequence,
    time: now,
    data: { productId, change, name, category, priceCents: price.amountCents, currency: price.currency },
  };
  return {
    kind: 'changed',
    state: {
      product,
      offer: { ...offer, ...soldAs(product), version: offer.version + 1, eventCount: sequence },
    },
    events: [event],
  };
}

const soldAs = ({ productId, name, price, status }: Product) => ({
  productId,
  name,
  priceCents: price.amountCents,
  currency: price.currency,
  status,
});
