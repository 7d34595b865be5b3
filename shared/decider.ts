import type { ShopError } from './errors.ts';
import type { NewEvent } from './events/event.ts';

/**
 * The result of a command: the state from now on with the events that announce it, no change, or a named refusal.
 * `Extra` is what else a change writes, such as a ledger entry.
 */
export type Decision<State, Refusal extends ShopError = never, Extra = unknown> =
  | ({ kind: 'changed'; state: State; events: NewEvent[] } & Extra)
  | { kind: 'unchanged'; state: State }
  | { kind: 'refused'; refusal: Refusal };

/**
 * The rules of one aggregate: state × command → decision. Pure: ids, event ids and times come in with the command, and
 * a refusal is returned, never thrown.
 */
export type Decider<State, Command, Refusal extends ShopError = never, Extra = unknown> = (
  state: State,
  command: Command,
) => Decision<State, Refusal, Extra>;

/** What every command carries: its time, and the id of the event that announces the change. */
export type CommandMeta = { at: Date; eventId: string };

/** A refusal as a decision. */
export const refused = <Refusal extends ShopError>(refusal: Refusal) =>
  ({ kind: 'refused', refusal }) as const;

/** No change as a decision. */
export const unchanged = <State>(state: State) => ({ kind: 'unchanged', state }) as const;
