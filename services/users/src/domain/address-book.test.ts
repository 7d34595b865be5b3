import { type AddressBook, type AddressCommand, decideAddressBook, maxAddresses } from './address-book.ts';

const at = new Date('2026-03-01T12:00:00.000Z');
const later = new Date('2026-03-02T12:00:00.000Z');
const address = {
  name: 'Ada Lovelace',
  line1: 'Torstr. 1',
  postalCode: '10119',
  city: 'Berlin',
  country: 'DE',
};
const entry = (
  over: object = {},
  defaults: { defaultShipping?: boolean; defaultBilling?: boolean } = {},
) => ({
  address: { ...address, ...over },
  defaultShipping: undefined,
  defaultBilling: undefined,
  ...defaults,
});
const empty: AddressBook = { id: 'ada', version: 0, addresses: [] };

/** The book after commands that are all accepted. */
const bookAfter = (commands: AddressCommand[], book = empty): AddressBook =>
  commands.reduce((state, command) => {
    const decision = decideAddressBook(state, command);
    if (decision.kind === 'refused') throw decision.refusal;
    return decision.state;
  }, book);
const add = (addressId: string, ...given: Parameters<typeof entry>): AddressCommand => ({
  kind: 'add',
  addressId,
  at,
  entry: entry(...given),
});
const defaultsIn = ({ addresses }: AddressBook) => ({
  shipping: addresses.filter(({ defaultShipping }) => defaultShipping).map(({ id }) => id),
  billing: addresses.filter(({ defaultBilling }) => defaultBilling).map(({ id }) => id),
  versions: addresses.map(({ version }) => version),
});

describe('an address that is added', () => {
  test('is the default of both kinds if it is the first, and no further one', () => {
    expect(defaultsIn(bookAfter([add('a'), add('b')]))).toEqual({
      shipping: ['a'],
      billing: ['a'],
      versions: [1, 1],
    });
  });

  test('is no default if it says so, even as the first', () => {
    const book = bookAfter([add('a', {}, { defaultShipping: false })]);
    expect(defaultsIn(book)).toEqual({ shipping: [], billing: ['a'], versions: [1] });
  });

  test('takes a default from another, which is a change of both', () => {
    const book = bookAfter([add('a'), add('b', {}, { defaultBilling: true })]);
    expect(defaultsIn(book)).toEqual({ shipping: ['a'], billing: ['b'], versions: [2, 1] });
  });

  test('is refused when the book is full', () => {
    const full = bookAfter(Array.from({ length: maxAddresses }, (_, index) => add(String(index))));
    expect([full.addresses.length, full.version]).toEqual([50, 50]);
    expect(decideAddressBook(full, add('another'))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'TOO_MANY_ADDRESSES' },
    });
  });
});

describe('an address', () => {
  const book = bookAfter([add('a'), add('b')]);
  const change = (addressId: string, expectedVersion: number, ...given: Parameters<typeof entry>) =>
    decideAddressBook(book, {
      kind: 'change',
      addressId,
      expectedVersion: [expectedVersion],
      at: later,
      entry: entry(...given),
    });

  test('is changed in its place and keeps its defaults', () => {
    const decision = change('a', 1, { line1: 'Torstr. 2' });
    expect(decision).toMatchObject({ kind: 'changed', state: { version: 3 }, events: [] });
    const [changed] = decision.kind === 'changed' ? decision.state.addresses : [];
    expect(changed).toEqual({
      id: 'a',
      address: { ...address, line1: 'Torstr. 2' },
      defaultShipping: true,
      defaultBilling: true,
      version: 2,
      createdAt: at,
      updatedAt: later,
    });
  });

  test('stays as it is when nothing is different, in whatever order', () => {
    const { name, ...rest } = address;
    const same = { address: { ...rest, name, line2: undefined } };
    const command = { kind: 'change' as const, addressId: 'a', expectedVersion: [1], at: later };
    const given = { defaultShipping: undefined, defaultBilling: undefined, ...same };
    expect(decideAddressBook(book, { ...command, entry: given })).toEqual({ kind: 'unchanged', state: book });
  });

  test('that becomes the default takes it from the other', () => {
    const decision = change('b', 1, {}, { defaultShipping: true });
    if (decision.kind !== 'changed') throw new Error(decision.kind);
    expect(defaultsIn(decision.state)).toEqual({ shipping: ['b'], billing: ['a'], versions: [2, 2] });
  });

  test('that is removed leaves no default', () => {
    const decision = decideAddressBook(book, { kind: 'remove', addressId: 'a', expectedVersion: [1], at });
    if (decision.kind !== 'changed') throw new Error(decision.kind);
    expect(defaultsIn(decision.state)).toEqual({ shipping: [], billing: [], versions: [1] });
  });

  test.each([
    ['unknown', 'c', 1, 'ADDRESS_NOT_FOUND'],
    ['of another version', 'a', 2, 'PRECONDITION_FAILED'],
  ])('that is %s is neither changed nor removed', (_, addressId, expectedVersion, code) => {
    const refusal = { kind: 'refused', refusal: { code } };
    expect(change(addressId, expectedVersion)).toMatchObject(refusal);
    const removal = { kind: 'remove' as const, addressId, expectedVersion: [expectedVersion], at };
    expect(decideAddressBook(book, removal)).toMatchObject(refusal);
  });
});
