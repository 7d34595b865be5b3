import * as z from 'zod';

/** Longest delay that can be asked for; a day would only be a typing mistake. */
const MAX_DELAY_MS = 600_000;

/** How the sandbox is told to misbehave; every part is optional and stays until changed or taken back. */
export const behaviourSchema = z.strictObject({
  /** Wait before each API request is executed, milliseconds. */
  latencyMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
  /** The next n API requests answer 500 and change nothing. */
  failNext: z.int().min(0).optional(),
  /** The next n requests that take money do so and are never answered. */
  timeoutAfterCharge: z.int().min(0).optional(),
  /** Forget every idempotency key now, as Stripe does after a day. */
  forgetKeys: z.boolean().optional(),
  /** Send each webhook twice. */
  duplicateWebhooks: z.boolean().optional(),
  /** Send each webhook this much later, milliseconds. */
  webhookDelayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
});

/** A request to misbehave. */
export type BehaviourRequest = z.infer<typeof behaviourSchema>;

/** The misbehaviour in force. */
export type Behaviour = {
  [Part in Exclude<keyof BehaviourRequest, 'forgetKeys'>]-?: Exclude<BehaviourRequest[Part], undefined>;
};

/** A provider that behaves. */
export const WELL_BEHAVED: Behaviour = {
  latencyMs: 0,
  failNext: 0,
  timeoutAfterCharge: 0,
  duplicateWebhooks: false,
  webhookDelayMs: 0,
};
