import { relayHandler } from '#shared/dynamo/relay-handler.ts';
import { relay } from '../app.ts';

/** Publishes events from the outbox table's stream. */
export const handler = relayHandler(relay);
