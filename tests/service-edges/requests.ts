import { serviceRoutes } from '../../build/docs/service-routes.ts';
import type { Route } from '../../shared/http/route.ts';
import type { TestRequest } from '../../shared/testing/http-event.ts';

const id = '0190a0b0-0000-7000-8000-000000000001';

/** In every text of a sample request. Logs must not contain it. */
export const marker = 'marker';

const contact = { email: `${marker}@example.com`, name: `${marker} Lovelace`, locale: 'en' };
const address = {
  name: `${marker} Lovelace`,
  line1: `1 ${marker} Way`,
  line2: `${marker} floor`,
  postalCode: 'E1 6AN',
  city: `${marker} city`,
  country: 'GB',
  phone: '020 7946 0018',
};
const product = {
  name: `${marker} lamp`,
  description: `${marker} text`,
  category: marker,
  price: { amountCents: 100, currency: 'EUR' },
};

/** A valid body of each route that has one. */
const bodies: Record<string, unknown> = {
  register: { ...contact, password: `${marker} horse battery` },
  login: { email: contact.email, password: `${marker} horse battery` },
  'verify-email': { token: `${marker}-token`, password: `${marker} horse battery` },
  'resend-verification': { email: contact.email },
  'request-password-reset': { email: contact.email },
  'confirm-password-reset': { token: `${marker}-token`, newPassword: `${marker} horse battery` },
  'change-password': { currentPassword: `${marker} horse`, newPassword: `${marker} horse battery` },
  'request-email-change': { email: contact.email, currentPassword: `${marker} horse` },
  'confirm-email-change': { token: `${marker}-token` },
  refresh: { refreshToken: `${marker}-token` },
  logout: { refreshToken: `${marker}-token` },
  'update-me': { name: contact.name, locale: contact.locale },
  'create-api-key': { name: `${marker} warehouse`, permissions: ['inventory:read'] },
  'change-roles': { roles: ['support'] },
  'invite-staff': { email: contact.email, roles: ['support'] },
  'accept-invitation': { token: marker, password: `${marker} horse battery`, name: `${marker} Lovelace` },
  'enrol-second-factor': { currentPassword: `${marker} horse battery` },
  'confirm-second-factor': { code: marker },
  'remove-second-factor': { currentPassword: `${marker} horse battery`, code: marker },
  'add-address': { ...address, defaultShipping: true },
  'change-address': { ...address, defaultBilling: true },
  'delete-me': { currentPassword: `${marker} horse battery` },
  'set-consent': { granted: true, wording: marker },
  'place-order': {
    lines: [{ productId: id, quantity: 1 }],
    shippingAddress: address,
    paymentMethod: `pm_${marker}`,
  },
  'ship-order': { carrier: `${marker} post`, trackingNumber: `${marker}-1` },
  'create-category': { categoryId: marker, name: `${marker} lamps` },
  'create-product': product,
  'change-product': product,
  'set-inventory': { warehouses: [{ warehouseId: marker, onHand: 1 }], reorderLevel: 1 },
  'create-upload': { productId: id, contentType: 'image/png', bytes: 5, altText: `${marker} lamp` },
};

/** Path parameters that are no ids. */
const pathSamples: Record<string, string> = { date: '2026-11-21', purpose: 'newsletter' };

/** A valid request to a route by an administrator. @throws Error for a route with a body that has no sample */
export function validRequest(route: Route): TestRequest {
  const body = bodies[route.name];
  if (route.body !== undefined && !route.body.safeParse(body).success)
    throw new Error(`add a valid body of ${route.name} to ${import.meta.filename}`);
  return {
    params: Object.fromEntries(
      [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, pathSamples[name] ?? id]),
    ),
    headers: {
      Authorization: `Bearer ${marker}.${marker}.${marker}`,
      ...(route.ifMatch ? { 'If-Match': '"1"' } : {}),
      ...(route.idempotency === undefined || route.idempotency === 'none'
        ? {}
        : { 'Idempotency-Key': `${marker}-key` }),
    },
    ...(body === undefined ? {} : { body }),
    ...(route.access === 'public' ? {} : { caller: { userId: id, roles: ['admin', 'customer'] } }),
  };
}

/** Every route of every service: `users login`. */
export async function everyRoute(): Promise<{ name: string; service: string; route: Route }[]> {
  return (await serviceRoutes()).flatMap(({ service, routes }) =>
    routes.map((route) => ({ name: `${service} ${route.name}`, service, route })),
  );
}
