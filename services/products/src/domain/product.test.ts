import { eur } from '#shared/money.ts';
import {
  type CatalogueEntry,
  createProduct,
  decideProduct,
  maxPictures,
  type Picture,
  type ProductCommand,
} from './product.ts';

const now = new Date('2027-03-01T12:00:00Z');
const later = new Date('2027-03-02T12:00:00Z');
const draft = { name: 'Lamp', description: '', category: 'lamps', price: eur(10) };
const created = createProduct('id', draft, { eventId: 'event', now });
const lamp = (created as { state: CatalogueEntry }).state;
const picture = (mediaId: string): Picture => ({ mediaId, altText: 'A lamp', renditions: [] });
const change = (expectedVersion: number): ProductCommand => ({
  kind: 'change',
  draft: { ...draft, price: eur(12) },
  expectedVersion: [expectedVersion],
  eventId: 'change',
  now: later,
});
const retire = (expectedVersion: number): ProductCommand => ({
  kind: 'retire',
  expectedVersion: [expectedVersion],
  eventId: 'retire',
  now: later,
});
const attach = (mediaId: string): ProductCommand => ({
  kind: 'attach-picture',
  picture: picture(mediaId),
  now: later,
});
/** The entry after a command that changes it. */
const applied = (entry: CatalogueEntry, command: ProductCommand): CatalogueEntry => {
  const decision = decideProduct(entry, command);
  if (decision.kind !== 'changed') throw new Error(`the decision is ${decision.kind}`);
  return decision.state;
};

test('a product is created on sale, with an offer and its first event', () => {
  expect(created).toMatchObject({
    kind: 'changed',
    state: {
      product: { status: 'on-sale', version: 1, pictures: [] },
      offer: { productId: 'id', priceCents: 1000, version: 1, eventCount: 1, lowAnnounced: true },
    },
    events: [{ id: 'event', aggregateId: 'id', sequence: 1, data: { change: 'added', priceCents: 1000 } }],
  });
});

describe('a change', () => {
  test('keeps pictures and the creation time, updates the offer and has an event', () => {
    expect(decideProduct(applied(lamp, attach('a')), change(2))).toMatchObject({
      kind: 'changed',
      state: {
        product: { version: 3, pictures: [{ mediaId: 'a' }], createdAt: now, updatedAt: later },
        offer: { version: 2, eventCount: 2, priceCents: 1200 },
      },
      events: [{ id: 'change', sequence: 2, data: { change: 'changed', priceCents: 1200 } }],
    });
  });

  test('of another version is refused', () => {
    for (const version of [0, 2])
      expect(decideProduct(lamp, change(version))).toMatchObject({
        kind: 'refused',
        refusal: { code: 'PRECONDITION_FAILED', subjects: [{ kind: 'version' }] },
      });
  });
});

describe('a product', () => {
  test('is retired once', () => {
    const decision = decideProduct(lamp, retire(1));
    expect(decision).toMatchObject({
      state: { product: { status: 'retired' }, offer: { status: 'retired' } },
      events: [{ sequence: 2, data: { change: 'retired' } }],
    });
    const retired = applied(lamp, retire(1));
    expect(decideProduct(retired, retire(2))).toEqual({ kind: 'unchanged', state: retired });
    expect(decideProduct(retired, retire(1)).kind).toBe('refused');
  });
});

describe('a picture', () => {
  test('is attached once, without an event', () => {
    const decision = decideProduct(lamp, attach('a'));
    expect(decision).toMatchObject({ state: { product: { version: 2 }, offer: lamp.offer }, events: [] });
    const attached = applied(lamp, attach('a'));
    expect(decideProduct(attached, attach('a'))).toEqual({ kind: 'unchanged', state: attached });
  });

  test('replaces the oldest if there are as many as allowed', () => {
    let entry = lamp;
    for (let index = 1; index <= maxPictures; index += 1) entry = applied(entry, attach(String(index)));
    expect(entry.product.pictures).toHaveLength(maxPictures);
    const ids = applied(entry, attach('new')).product.pictures.map(({ mediaId }) => mediaId);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([maxPictures, '2', 'new']);
  });
});
