import { relayHandler } from '#shared/dynamo/relay-handler.ts';
import { relay } from '../app.ts';

/** Publishes events as the outbox's stream shows them. */
export const handler = relayHandler(relay);
