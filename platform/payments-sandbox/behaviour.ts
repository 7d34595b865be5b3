import * as z from 'zod';

/** A longer delay would be a typing error. */
const maxDelayMs = 600_000;

/** How the sandbox misbehaves; what a request omits does not change. */
export const behaviourSchema = z.strictObject({
  /** Delay before each API request is executed, milliseconds. */
  latencyMs: z.int().min(0).max(maxDelayMs),
  /** The next n API requests return 500 and change nothing. */
  failNext: z.int().min(0),
  /** The next n requests that take money do so and never get a response. */
  timeoutAfterCharge: z.int().min(0),
  /** Delay of each webhook, milliseconds. */
  webhookDelayMs: z.int().min(0).max(maxDelayMs),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

/** A change of the behaviour; `expireKeys` expires every idempotency key at once, as Stripe does after a day. */
export const behaviourChange = behaviourSchema.partial().extend({ expireKeys: z.boolean().optional() });
export type BehaviourChange = z.infer<typeof behaviourChange>;

export const normalBehaviour: Behaviour = {
  latencyMs: 0,
  failNext: 0,
  timeoutAfterCharge: 0,
  webhookDelayMs: 0,
};
