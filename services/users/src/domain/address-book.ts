import { type Address, validAddress } from '#shared/address/address.ts';
import { type Decider, type Decision, refused, unchanged } from '#shared/decider.ts';
import { PreconditionFailed, type ShopError } from '#shared/errors.ts';
import { type ExpectedVersion, expects } from '#shared/expected-version.ts';
import { AddressNotFound, TooManyAddresses } from './errors.ts';

/** Enough for a person, and a book remains small enough to be read as a whole. */
export const maxAddresses = 50;

/** An address of a customer. `version` counts its changes from 1, those of its defaults included. */
export type BookedAddress = {
  id: string;
  address: Address;
  defaultShipping: boolean;
  defaultBilling: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

/** The addresses of one customer, in the order in which they were added; at most one is the default of each kind. */
export type AddressBook = { id: string; version: number; addresses: BookedAddress[] };

/** An address as its customer enters it. A default that is not mentioned stays as it is. */
export type AddressEntry = {
  address: Address;
  defaultShipping: boolean | undefined;
  defaultBilling: boolean | undefined;
};

/** What a customer does with the book. `expectedVersion` is what the client has read of the address. */
export type AddressCommand = { at: Date; addressId: string } & (
  | { kind: 'add'; entry: AddressEntry }
  | { kind: 'change'; entry: AddressEntry; expectedVersion: ExpectedVersion }
  | { kind: 'remove'; expectedVersion: ExpectedVersion }
);

type BookDecision = Decision<AddressBook, ShopError>;

/**
 * Decides every command. The first address becomes the default of both kinds, unless its entry says otherwise. A default
 * that is removed has no successor: the customer chooses one.
 */
export const decideAddressBook: Decider<AddressBook, AddressCommand, ShopError> = (book, command) => {
  if (command.kind === 'add') return add(book, command.addressId, command.entry, command.at);
  const current = book.addresses.find(({ id }) => id === command.addressId);
  if (current === undefined) return refused(unknownAddress());
  if (!expects(command.expectedVersion, current.version))
    return refused(
      new PreconditionFailed('The address has changed since it was read. Read it again.', {
        subjects: [{ kind: 'version', message: `is not the current version "${current.version}"` }],
      }),
    );
  switch (command.kind) {
    case 'change':
      return change(book, current, command.entry, command.at);
    case 'remove':
      return written(
        book,
        book.addresses.filter((each) => each !== current),
      );
  }
};

function add(book: AddressBook, id: string, entry: AddressEntry, at: Date): BookDecision {
  const isFirst = book.addresses.length === 0;
  if (book.addresses.length >= maxAddresses)
    return refused(
      new TooManyAddresses(`An account has at most ${maxAddresses} addresses. Remove one first.`),
    );
  const added: BookedAddress = {
    id,
    address: entry.address,
    defaultShipping: entry.defaultShipping ?? isFirst,
    defaultBilling: entry.defaultBilling ?? isFirst,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  return written(book, [...withoutDefaultsOf(added, book.addresses, at), added]);
}

function change(book: AddressBook, current: BookedAddress, entry: AddressEntry, at: Date): BookDecision {
  const changed: BookedAddress = {
    ...current,
    address: entry.address,
    defaultShipping: entry.defaultShipping ?? current.defaultShipping,
    defaultBilling: entry.defaultBilling ?? current.defaultBilling,
    version: current.version + 1,
    updatedAt: at,
  };
  if (contentOf(changed) === contentOf(current)) return unchanged(book);
  const others = withoutDefaultsOf(changed, book.addresses, at);
  return written(
    book,
    others.map((each) => (each.id === changed.id ? changed : each)),
  );
}

/** What a customer enters, as text that is the same for the same content. */
const contentOf = ({ address, defaultShipping, defaultBilling }: BookedAddress): string => {
  const fields = Object.entries(address).filter(([, value]) => value !== undefined);
  return JSON.stringify([fields.toSorted(), defaultShipping, defaultBilling]);
};

/** Takes from the others the defaults that an address has now. */
const withoutDefaultsOf = (now: BookedAddress, addresses: BookedAddress[], at: Date): BookedAddress[] =>
  addresses.map((each) => {
    if (each.id === now.id) return each;
    const defaultShipping = each.defaultShipping && !now.defaultShipping;
    const defaultBilling = each.defaultBilling && !now.defaultBilling;
    return defaultShipping === each.defaultShipping && defaultBilling === each.defaultBilling
      ? each
      : { ...each, defaultShipping, defaultBilling, version: each.version + 1, updatedAt: at };
  });

const written = (book: AddressBook, addresses: BookedAddress[]): BookDecision => ({
  kind: 'changed',
  state: { ...book, version: book.version + 1, addresses },
  events: [],
});

const unknownAddress = () => new AddressNotFound('You have no such address.');

/** The address with an id. @throws AddressNotFound */
export function addressIn({ addresses }: AddressBook, id: string): BookedAddress {
  const found = addresses.find((each) => each.id === id);
  if (found === undefined) throw unknownAddress();
  return found;
}

/** The entry of a request. @throws InvalidAddress */
export const addressEntry = ({
  defaultShipping,
  defaultBilling,
  ...address
}: Address & Partial<Omit<AddressEntry, 'address'>>): AddressEntry => ({
  address: validAddress(address),
  defaultShipping,
  defaultBilling,
});
