import { eur } from '#shared/money.ts';
import {
  addProduct,
  changeProduct,
  maxPictures,
  type Picture,
  retireProduct,
  showPicture,
} from './product.ts';

const now = new Date('2027-03-01T12:00:00Z');
const later = new Date('2027-03-02T12:00:00Z');
const draft = { name: 'Lamp', description: '', category: 'lamps', price: eur(10) };
const lamp = addProduct('id', draft, now).product;
const picture = (mediaId: string): Picture => ({ mediaId, altText: 'A lamp', renditions: [] });

test('a product is added on sale, and announced as its first event', () => {
  const { product, events } = addProduct('id', draft, now);
  expect(product).toMatchObject({ status: 'on-sale', version: 1, pictures: [] });
  expect(events).toMatchObject([
    { aggregateId: 'id', sequence: 1, data: { change: 'added', priceCents: 1000 } },
  ]);
});

test('a change keeps pictures and birthday, counts a version, and is announced', () => {
  const shown = showPicture(lamp, picture('a'), now)!;
  const { product, events } = changeProduct(shown, { ...draft, price: eur(12) }, 4, later);
  expect(product).toMatchObject({
    version: 3,
    pictures: [{ mediaId: 'a' }],
    createdAt: now,
    updatedAt: later,
  });
  expect(events).toMatchObject([{ sequence: 4, data: { change: 'changed', priceCents: 1200 } }]);
});

test('a product is retired once', () => {
  const retired = retireProduct(lamp, 2, later)!;
  expect(retired.events).toMatchObject([{ sequence: 2, data: { change: 'retired' } }]);
  expect(retireProduct(retired.product, 3, later)).toBeUndefined();
});

test('a picture is shown once; the oldest give way', () => {
  const shown = showPicture(lamp, picture('a'), later)!;
  expect(shown).toMatchObject({ version: 2, pictures: [{ mediaId: 'a' }] });
  expect(showPicture(shown, picture('a'), later)).toBeUndefined();
  let full = lamp;
  for (let index = 0; index <= maxPictures; index++) full = showPicture(full, picture(String(index)), later)!;
  expect(full.pictures.map(({ mediaId }) => mediaId).slice(0, 2)).toEqual(['1', '2']);
  expect(full.pictures).toHaveLength(maxPictures);
});
