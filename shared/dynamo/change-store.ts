import { type Recorded, withRecord } from '../audit/recorded-action.ts';
import type { Decision } from '../decider.ts';
import { type ShopError, Unavailable } from '../errors.ts';
import type { Cause, NewEvent } from '../events/event.ts';
import type { HttpResponse } from '../http/response.ts';
import { leaseLost } from '../idempotency/request.ts';
import type { StartedRequest } from '../idempotency/run.ts';
import { ConditionsFailed, conditionFailed } from './conditions.ts';
import { type HandledEvent, handledMark } from './handled-events.ts';
import { completionWrite, type IdempotencyTable } from './idempotency.ts';
import { outboxWrites } from './outbox.ts';
import type { Transact } from './transaction-batcher.ts';
import type { Write } from './write.ts';

/** A condition on another item: if it fails, the change is refused, while any other failed condition is a conflict. */
export type Requirement = { write: Write; refusal: () => ShopError };

/** The writes that store a state. */
export type StateWrites = { writes: Write[]; requirements?: Requirement[] };

/** How an aggregate is stored. */
export type StoreDefinition<State> = {
  /** What messages call it: `product`. */
  name: string;
  notFound: (id: string) => ShopError;
  read: (id: string) => Promise<State | undefined>;
  /** Writes that create the aggregate, each on condition that it does not exist. */
  insert: (state: State) => StateWrites;
  /** Writes that replace `before`, each on condition that it is still stored as it was read. */
  update: (before: State, after: State) => StateWrites;
  /** Where changes by staff, API keys and operators are recorded. */
  recorded?: Recorded<State>;
};

/** What is written in the same transaction as a change, also when the decision is `unchanged`. */
export type ChangeOptions<State> = {
  cause: Cause;
  /** The response to the request that asked for the change. */
  request?: { started: StartedRequest | undefined; respond: (state: State) => HttpResponse };
  /** The event that the change is a reaction to. */
  handled?: HandledEvent;
  /** The state to decide on first, which saves the first read. */
  lastRead?: State;
};

/** Decides on an aggregate's current state. */
export type Decide<State> = (state: State) => Decision<State, ShopError>;

/** The only way in which an aggregate is written. */
export type ChangeStore<State> = {
  find(id: string): Promise<State | undefined>;
  /** @throws `notFound` */
  read(id: string): Promise<State>;
  /** @throws the decision's refusal or that of a requirement, RequestInProgress; Unavailable if the id is taken */
  create(decision: Decision<State, ShopError>, options: ChangeOptions<State>): Promise<State>;
  /**
   * @throws the decision's refusal or that of a requirement, `notFound`, RequestInProgress; Unavailable if the state
   * keeps changing
   */
  change(id: string, decide: Decide<State>, options: ChangeOptions<State>): Promise<State>;
  /** Marks an event as handled that concerns no aggregate. */
  acknowledge(handled: HandledEvent): Promise<void>;
};

/** Tables that changes are written to besides the aggregate's own. */
export type ChangeTables = IdempotencyTable & { outbox: string };

const nothing: StateWrites = { writes: [] };

/** An aggregate has few writers: more conflicts in a row mean that something is wrong. */
const maxAttempts = 10;

/**
 * Reads, decides, and writes the state, events, the request's response and the handled mark in one TransactWriteItems.
 * If the state has changed in between, it reads and decides again. The outbox table's stream starts the relay.
 */
export function changeStore<State>(
  transact: Transact,
  tables: ChangeTables,
  definition: StoreDefinition<State>,
): ChangeStore<State> {
  const { name, notFound, read: find, insert, update, recorded } = definition;
  const read = async (id: string): Promise<State> => {
    const state = await find(id);
    if (state === undefined) throw notFound(id);
    return state;
  };
  const write = (
    state: State,
    change: StateWrites,
    events: readonly NewEvent[],
    { cause, request, handled }: ChangeOptions<State>,
  ) => {
    const completion = request?.started && completionWrite(tables, request.started, request.respond(state));
    return writeChange(transact, tables, {
      ...change,
      outbox: outboxWrites(tables.outbox, events, cause),
      completion,
      handled,
    });
  };
  const contended = () =>
    new Unavailable(`The ${name} is being changed by others. Try again.`, { retryAfterSeconds: 1 });
  return {
    find,
    read,
    create: async (decision, options) => {
      if (decision.kind === 'refused') throw decision.refusal;
      const { state } = decision;
      const [change, events] =
        decision.kind === 'changed'
          ? [insert(state), withRecord(decision.events, state, recorded, options.cause)]
          : [nothing, []];
      if ((await write(state, change, events, options)) === 'conflict') throw contended();
      return state;
    },
    change: async (id, decide, options) => {
      let state = options.lastRead ?? (await read(id));
      for (let attempt = 1; ; attempt += 1) {
        const decision = decide(state);
        if (decision.kind === 'refused') throw decision.refusal;
        const [change, events] =
          decision.kind === 'changed'
            ? [
                update(state, decision.state),
                withRecord(decision.events, decision.state, recorded, options.cause),
              ]
            : [nothing, []];
        const result = await write(decision.state, change, events, options);
        if (result === 'written') return decision.state;
        if (result === 'handled-before') return state;
        if (attempt === maxAttempts) throw contended();
        state = await read(id);
      }
    },
    acknowledge: async (handled) => {
      await writeChange(transact, tables, { ...nothing, handled });
    },
  };
}

/** The writes of a change: the state, its events, and what acknowledges the request or event behind it. */
export type ChangeWrites = StateWrites & {
  outbox?: readonly Write[];
  /** The write of the request's response. */
  completion?: Write | undefined;
  handled?: HandledEvent | undefined;
};

/** `conflict`: an item is not as it was read. `handled-before`: an earlier delivery of the event has written the change. */
export type WriteResult = 'written' | 'conflict' | 'handled-before';

/**
 * Writes a change in one transaction, or nothing.
 * @throws the refusal of a failed requirement; RequestInProgress if another attempt of the request has committed
 */
export async function writeChange(
  transact: Transact,
  tables: IdempotencyTable,
  { writes, requirements = [], outbox = [], completion, handled }: ChangeWrites,
): Promise<WriteResult> {
  const mark = handled && handledMark(tables.idempotency, handled);
  const all = [
    ...writes,
    ...requirements.map(({ write }) => write),
    ...outbox,
    ...[completion, mark].filter((write) => write !== undefined),
  ];
  if (all.length === 0) return 'written';
  try {
    await transact(all);
    return 'written';
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    if (conditionFailed(error, mark)) return 'handled-before';
    if (conditionFailed(error, completion)) throw leaseLost();
    const refused = requirements.find(({ write }) => conditionFailed(error, write));
    if (refused !== undefined) throw refused.refusal();
    return 'conflict';
  }
}
