import { productsService } from '../../testing/products-service.ts';

const shop = await productsService();
const { api, call } = shop;

describe('a list of products', () => {
  const cents = (items: { [key: string]: unknown }[]) =>
    items.map((item) => (item['price'] as { amountCents: number }).amountCents);
  const list = async (query: Record<string, string>) => (await call(api.listProductsRoute, { query })).body;

  beforeAll(async () => {
    await call(api.createCategoryRoute, { body: { categoryId: 'rugs', name: 'Rugs' } });
    for (const amountCents of [300, 100, 500, 200, 300])
      await shop.aProduct({ category: 'rugs', price: { amountCents, currency: 'EUR' } });
  });

  test('contains one category, by ascending or descending price', async () => {
    expect(cents((await list({ category: 'rugs' })).items)).toEqual([100, 200, 300, 300, 500]);
    expect(cents((await list({ category: 'rugs', sort: '-price' })).items)).toEqual([
      500, 300, 300, 200, 100,
    ]);
  });

  test('contains a price range including both ends', async () => {
    const range = { category: 'rugs', minPriceCents: '200', maxPriceCents: '300' };
    expect(cents((await list(range)).items)).toEqual([200, 300, 300]);
    expect((await list({ ...range, minPriceCents: '301' })).items).toEqual([]);
  });

  test('has pages without duplicates or gaps', async () => {
    for (const filter of [{ category: 'rugs' }, { category: 'rugs', sort: '-price' }, {}]) {
      const whole = await list({ ...filter, limit: '100' });
      const pages = [];
      let cursor: string | undefined;
      do {
        const page = await list({ ...filter, limit: '2', ...(cursor && { cursor }) });
        pages.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor);
      expect(pages.map(({ productId }) => productId)).toEqual(whole.items.map(({ productId }) => productId));
    }
  });

  test('refuses a cursor of another list', async () => {
    const { nextCursor } = await list({ category: 'rugs', limit: '2' });
    for (const query of [
      { category: 'lamps', cursor: nextCursor! },
      { category: 'rugs', minPriceCents: '400', cursor: nextCursor! },
      { category: 'rugs', sort: '-price', cursor: nextCursor! },
      { category: 'rugs', maxPriceCents: '400', cursor: nextCursor! },
      { cursor: nextCursor! },
      { cursor: 'made-up' },
    ])
      expect(await call(api.listProductsRoute, { query })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'cursor' }] },
      });
  });

  test.each(['\ud800', '\0', ''])('refuses a cursor with the category %j', async (category) => {
    const { nextCursor } = await list({ limit: '1' });
    const genuine = Buffer.from(nextCursor!, 'base64url').toString();
    expect(genuine).toContain('"category":"rugs"');
    const forged = genuine.replace('"category":"rugs"', `"category":${JSON.stringify(category)}`);
    const cursor = Buffer.from(forged).toString('base64url');
    expect(await call(api.listProductsRoute, { query: { limit: '1', cursor } })).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        errors: [{ field: 'cursor', message: 'is not one that this list returned' }],
      },
    });
  });
});
