import type { Limited, RouteLimit } from '../http/route.ts';
import { clientOf } from './client-network.ts';

/** Counts the requests of each client address. */
export const perClient = (name: string): RouteLimit => ({
  name,
  partition: ({ client }) => clientOf(client.address),
});

/** Counts by a text of the body, whatever account it belongs to, if any: responses must not reveal that. */
export const perField = (name: string, field: string): RouteLimit => ({
  name,
  partition: ({ body }: Limited) => String((body as Record<string, unknown>)[field]),
});

/** Counted by the handler, which knows the account or whether a password was wrong. */
export const byHandler = (name: string): RouteLimit => ({ name });
