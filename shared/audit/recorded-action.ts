import type { CommandMeta } from '../decider.ts';
import { type ActionRecorded, actionSchema } from '../events/actions.ts';
import type { Cause, NewEvent } from '../events/event.ts';
import { newId } from '../ids.ts';

/** What is recorded of an action; see `shared/events/actions.ts`. */
export type Action = {
  action: string;
  target: { kind: string; id: string };
  details?: Record<string, string>;
};

/** Where the changes of an aggregate are recorded, and what the audit log calls one. */
export type Recorded<State> = { definition: ActionRecorded; target: (state: State) => Action['target'] };

/**
 * The event that puts an action into the audit log: for actions of customers that concern security. What staff, API
 * keys and operators change is recorded by the change stores. Who acted, and from where, comes with the cause.
 *
 * It is an aggregate of its own, so that it waits for no other event and no other event waits for it.
 */
export function recordedAction(
  definition: ActionRecorded,
  action: Action,
  { at }: Pick<CommandMeta, 'at'>,
): NewEvent {
  const id = newId();
  return { definition, id, aggregateId: id, sequence: 1, time: at, data: action };
}

/** Whether an event is one of {@link recordedAction}. */
const isRecordedAction = ({ definition }: NewEvent): boolean => definition.data === actionSchema;

/** The events of a change with the record of who made it, if the caller is no customer and none is recorded yet. */
export function withRecord<State>(
  events: readonly NewEvent[],
  state: State,
  recorded: Recorded<State> | undefined,
  { actor, request }: Cause,
): readonly NewEvent[] {
  if (recorded === undefined || request === undefined) return events;
  if (actor === undefined || actor.kind === 'customer' || events.some(isRecordedAction)) return events;
  const action = { action: request.action, target: recorded.target(state) };
  return [...events, recordedAction(recorded.definition, action, { at: new Date() })];
}

/** Adds the client's address to a recorded action; other events do not contain it. */
export const withClientAddress = (event: NewEvent, { request }: Cause): NewEvent =>
  request?.clientAddress === undefined || !isRecordedAction(event)
    ? event
    : { ...event, data: { ...(event.data as object), clientAddress: request.clientAddress } };
