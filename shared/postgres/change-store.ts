import { type Recorded, withRecord } from '../audit/recorded-action.ts';
import type { Decision } from '../decider.ts';
import { type ShopError, Unavailable } from '../errors.ts';
import type { Cause } from '../events/event.ts';
import type { HttpResponse } from '../http/response.ts';
import { leaseLost } from '../idempotency/request.ts';
import type { StartedRequest } from '../idempotency/run.ts';
import { toEntries } from '../outbox/entry.ts';
import type { Queryable } from './database.ts';
import { type HandledEvent, markHandled } from './handled-events.ts';
import { completeRequest, lockLease } from './idempotency.ts';
import { insertOutboxRows, type Relay } from './outbox.ts';
import { commaSeparated, type Sql, sql } from './sql.ts';

/** A decision that changes something. */
export type Change<State, Extra = unknown> = Extract<Decision<State, never, Extra>, { kind: 'changed' }>;

/**
 * How an aggregate is stored. `insert` and `update` return CTEs separated by commas. The one named `written` writes the
 * aggregate's row if `permitted` holds (and, in `update`, if the stored version is the one before) and returns it; all
 * others write only if `written` has a row.
 */
export type StoreDefinition<State, Row extends object, Extra = unknown> = {
  /** What messages call it: `order`. */
  name: string;
  notFound: () => ShopError;
  select: (id: string) => Sql;
  stateOf: (row: Row) => State;
  insert: (change: Change<State, Extra>, permitted: Sql) => Sql;
  update: (change: Change<State, Extra>, permitted: Sql) => Sql;
  /** The refusal behind an error of the database, such as a unique constraint. */
  refusalOf?: (error: unknown) => ShopError | undefined;
  /** Where changes by staff, API keys and operators are recorded. */
  recorded?: Recorded<State>;
};

/** What is written in the same transaction as a change, also when the decision is `unchanged`. */
export type ChangeOptions<State> = {
  cause: Cause;
  /** The response to the request that asked for the change; nothing is written if a retry has taken the request over. */
  request?: { started: StartedRequest | undefined; respond: (state: State) => HttpResponse };
  /** The event that the change is a reaction to. */
  handled?: HandledEvent;
  /** The state to decide on first, which saves the first read. */
  lastRead?: State;
};

/** Decides on an aggregate's current state. */
export type Decide<State, Extra = unknown> = (state: State) => Decision<State, ShopError, Extra>;

/** The only way in which an aggregate is written. */
export type ChangeStore<State, Extra = unknown> = {
  /** @throws the decision's refusal, RequestInProgress; Error if the id exists */
  create(decision: Decision<State, ShopError, Extra>, options: ChangeOptions<State>): Promise<State>;
  /** Writes a new aggregate, or returns the stored one with the same id. */
  findOrCreate(change: Change<State, Extra>, options: ChangeOptions<State>): Promise<State>;
  /** @throws the decision's refusal, `notFound`, RequestInProgress; Unavailable if the version keeps changing */
  change(id: string, decide: Decide<State, Extra>, options: ChangeOptions<State>): Promise<State>;
};

/** An aggregate has few writers: more conflicts in a row mean that something is wrong. */
const maxTries = 5;

const ifWritten = sql`EXISTS (SELECT FROM written)`;

/** Reads one aggregate. */
export async function findState<State, Row extends object>(
  queryable: Queryable,
  { select, stateOf }: Pick<StoreDefinition<State, Row>, 'select' | 'stateOf'>,
  id: string,
): Promise<State | undefined> {
  const [row] = await queryable.query<Row>(select(id));
  return row && stateOf(row);
}

/**
 * Loads with the version, decides, and writes row, child rows, events, the request's response and the handled mark in
 * one statement, which is atomic without BEGIN and COMMIT; then relays the events. If the version has changed in
 * between, it reads and decides again.
 */
export function changeStore<State extends { id: string }, Row extends object, Extra = unknown>(
  database: Queryable,
  outbox: Relay,
  definition: StoreDefinition<State, Row, Extra>,
): ChangeStore<State, Extra> {
  const write = writer<State, Row, Extra>(database, outbox, definition);
  const find = (id: string) => findState(database, definition, id);
  return {
    create: async (decision, options) => {
      if (decision.kind === 'refused') throw decision.refusal;
      if (decision.kind !== 'changed') return acknowledge(database, decision.state, options);
      const { written } = await write('insert', decision, options, sql``);
      if (!written) throw new Error(`${definition.name} ${decision.state.id} exists already`);
      return decision.state;
    },
    findOrCreate: async (change, options) => {
      const stored = sql`LEFT JOIN (${definition.select(change.state.id)}) AS stored ON true`;
      const { written, row } = await write('insert', change, options, stored);
      if (written) return change.state;
      if (row.id !== null) return definition.stateOf(row as Row);
      // Another one was created while this statement ran, too late for its snapshot.
      return (await find(change.state.id)) ?? change.state;
    },
    change: async (id, decide, options) => {
      let state = options.lastRead;
      for (let tries = 0; tries < maxTries; tries += 1) {
        state ??= await find(id);
        if (state === undefined) throw definition.notFound();
        const decision = decide(state);
        if (decision.kind === 'refused') throw decision.refusal;
        if (decision.kind === 'unchanged') return acknowledge(database, decision.state, options);
        if ((await write('update', decision, options, sql``)).written) return decision.state;
        state = undefined;
      }
      throw new Unavailable(`The ${definition.name} is being changed by others. Try again.`, {
        retryAfterSeconds: 1,
      });
    },
  };
}

/** Columns of the write's one row; those of a joined aggregate come with them. */
type WriteRow = { written: boolean; owned: boolean; claimed: boolean | null; id?: string | null };

/** Writes a change in one statement; `joined` adds a table to the row that it returns. @throws RequestInProgress */
const writer =
  <State extends { id: string }, Row extends object, Extra>(
    database: Queryable,
    outbox: Relay,
    definition: StoreDefinition<State, Row, Extra>,
  ) =>
  async (
    kind: 'insert' | 'update',
    change: Change<State, Extra>,
    { cause, request, handled }: ChangeOptions<State>,
    joined: Sql,
  ): Promise<{ written: boolean; row: WriteRow }> => {
    const entries = toEntries(withRecord(change.events, change.state, definition.recorded, cause), cause);
    const started = request?.started;
    const owned = started === undefined ? sql`true` : sql`EXISTS (SELECT FROM leased)`;
    const parts = commaSeparated([
      started && sql`leased AS (${lockLease(started)})`,
      definition[kind](change, owned),
      entries.length > 0 && sql`announced AS (${insertOutboxRows(entries, ifWritten)})`,
      started && sql`completed AS (${completeRequest(started, request.respond(change.state), ifWritten)})`,
      handled && sql`handled AS (${markHandled(handled, ifWritten)})`,
    ]);
    const claimed = entries.length > 0 ? sql`(SELECT bool_and(claimed) FROM announced)` : sql`true`;
    const [row] = await database
      .query<WriteRow>(sql`
        WITH ${parts}
        SELECT * FROM (SELECT ${ifWritten} AS written, ${owned} AS owned, ${claimed} AS claimed) AS result ${joined}`)
      .catch((error: unknown) => {
        throw definition.refusalOf?.(error) ?? error;
      });
    if (row === undefined) throw new Error('a write without a join returns one row');
    if (!row.owned) throw leaseLost();
    if (row.written) await outbox.relay({ entries, claimed: row.claimed === true });
    return { written: row.written, row };
  };

/** Writes what belongs to a request or an event that changes nothing. @throws RequestInProgress */
async function acknowledge<State>(
  database: Queryable,
  state: State,
  { request, handled }: ChangeOptions<State>,
): Promise<State> {
  const started = request?.started;
  if (started === undefined && handled === undefined) return state;
  const owned = started === undefined ? sql`true` : sql`EXISTS (SELECT FROM completed)`;
  const parts = commaSeparated([
    started && sql`completed AS (${completeRequest(started, request.respond(state), sql`true`)})`,
    handled && sql`handled AS (${markHandled(handled, owned)})`,
  ]);
  const [row] = await database.query<{ owned: boolean }>(sql`WITH ${parts} SELECT ${owned} AS owned`);
  if (row?.owned !== true) throw leaseLost();
  return state;
}
