import * as z from 'zod';
import { InvalidAddress } from '#shared/address/address.ts';
import { addressSchema, storedAddressSchema } from '#shared/address/schema.ts';
import { absentIfEmpty, id } from '#shared/http/fields.ts';
import type { FieldNames } from '#shared/http/problem.ts';
import { route } from '#shared/http/route.ts';
import { AddressNotFound, TooManyAddresses, UserNotFound } from '../domain/errors.ts';

const params = z.strictObject({ addressId: id });
const path = '/api/v1/users/me/addresses/{addressId}';
const fieldNames: FieldNames = { address: ({ part }) => part ?? 'body' };

const flag = absentIfEmpty(z.boolean().optional());
const entrySchema = addressSchema.extend({ defaultShipping: flag, defaultBilling: flag });

const bookedSchema = storedAddressSchema.extend({
  id: z.uuid(),
  defaultShipping: z.boolean(),
  defaultBilling: z.boolean(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The caller's addresses. Without pages: there are at most 50. */
export const listAddressesRoute = route({
  name: 'list-addresses',
  method: 'GET',
  path: '/api/v1/users/me/addresses',
  summary: 'Your addresses',
  access: 'account:read',
  responses: {
    200: {
      description: 'All your addresses, in the order in which they were added.',
      schema: z.strictObject({ items: z.array(bookedSchema) }),
    },
  },
  errors: [UserNotFound.kind],
});

/** Adds an address. The first becomes the default for shipping and billing. */
export const addAddressRoute = route({
  name: 'add-address',
  method: 'POST',
  path: '/api/v1/users/me/addresses',
  summary: 'Add an address',
  access: 'account:write',
  idempotency: 'optional',
  body: entrySchema,
  versioned: true,
  responses: { 201: { description: 'The new address.', schema: bookedSchema } },
  errors: [UserNotFound.kind, InvalidAddress.kind, TooManyAddresses.kind],
  fieldNames,
});

/** One of the caller's addresses. */
export const getAddressRoute = route({
  name: 'get-address',
  method: 'GET',
  path,
  summary: 'One of your addresses',
  access: 'account:read',
  params,
  versioned: true,
  responses: { 200: { description: 'The address.', schema: bookedSchema } },
  errors: [UserNotFound.kind, AddressNotFound.kind],
});

/** Replaces an address. A default that the body does not mention stays as it is. */
export const changeAddressRoute = route({
  name: 'change-address',
  method: 'PUT',
  path,
  summary: 'Change one of your addresses',
  access: 'account:write',
  idempotency: 'optional',
  ifMatch: true,
  params,
  body: entrySchema,
  versioned: true,
  responses: { 200: { description: 'The current state of the address.', schema: bookedSchema } },
  errors: [UserNotFound.kind, AddressNotFound.kind, InvalidAddress.kind],
  fieldNames,
});

/** Removes an address. */
export const removeAddressRoute = route({
  name: 'remove-address',
  method: 'DELETE',
  path,
  summary: 'Remove one of your addresses',
  access: 'account:write',
  idempotency: 'optional',
  ifMatch: true,
  params,
  responses: { 204: { description: 'The address is removed.' } },
  errors: [UserNotFound.kind, AddressNotFound.kind],
});
