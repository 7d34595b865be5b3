import { recordedAction } from '#shared/audit/recorded-action.ts';
import type { Role } from '#shared/auth/permissions.ts';
import { type CommandMeta, type Decider, type Decision, refused, unchanged } from '#shared/decider.ts';
import type { ShopError } from '#shared/errors.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { EventDefinition, NewEvent } from '#shared/events/event.ts';
import {
  ConsentChanged,
  type ConsentPurpose,
  DataExportRequested,
  UserErased,
} from '#shared/events/privacy.ts';
import { refusalToActOn, type StaffCaller } from './staff.ts';

/** What a customer answered to one purpose; `wording` is the version of the text that it read. */
export type Consent = { purpose: ConsentPurpose; granted: boolean; wording: string; changedAt: Date };

/** A requested export: services contribute until the deadline. */
export type DataExport = { id: string; userId: string; requestedAt: Date; deadline: Date; expiresAt: Date };

/**
 * The account as the person's rights over its data see it, in the row of {@link User}: `version` counts all changes of
 * the account, `eventCount` all its events.
 */
export type Person = {
  id: string;
  email: string;
  roles: Role[];
  version: number;
  eventCount: number;
  /** The current answers; a purpose without one is not granted. */
  consents: Consent[];
};

/** What a change writes besides the account's version. */
export type PersonExtra = { consent?: Consent; dataExport?: DataExport; erased?: true };

/** A command to a person's data. */
export type PersonCommand = CommandMeta &
  (
    | { kind: 'change-consent'; purpose: ConsentPurpose; granted: boolean; wording: string }
    | { kind: 'request-export'; exportId: string }
    /** What staff does is recorded by the change store. */
    | { kind: 'erase'; by: 'owner' | StaffCaller }
  );

/** The decision on a command to a person's data. */
export type PersonDecision = Decision<Person, ShopError, PersonExtra>;

/** How long services may take to contribute: longer than all three attempts of a reaction. */
const collectingMs = 15 * 60 * 1000;
/** How long an export can be downloaded, as the bucket's lifecycle has it. */
const exportLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Decides every command. A consent that is already stored changes nothing. Staff erases neither its own account nor, without
 * the permission to change roles, that of other staff. That an administrator remains is checked by the database.
 */
export const decidePerson: Decider<Person, PersonCommand, ShopError, PersonExtra> = (person, command) => {
  switch (command.kind) {
    case 'change-consent':
      return changeConsent(person, command);
    case 'request-export':
      return requestExport(person, command);
    case 'erase': {
      const refusal = command.by === 'owner' ? undefined : refusalToActOn(person, command.by);
      if (refusal !== undefined) return refused(refusal);
      return {
        kind: 'changed',
        ...next(
          person,
          UserErased,
          command,
          { userId: person.id },
          command.by === 'owner' ? { action: 'delete-me' } : undefined,
        ),
        erased: true,
      };
    }
  }
};

function changeConsent(
  person: Person,
  { purpose, granted, wording, ...meta }: Extract<PersonCommand, { kind: 'change-consent' }>,
): PersonDecision {
  const current = person.consents.find((consent) => consent.purpose === purpose);
  if (current?.granted === granted && current.wording === wording) return unchanged(person);
  const consent: Consent = { purpose, granted, wording, changedAt: meta.at };
  const consents = [...person.consents.filter((other) => other.purpose !== purpose), consent];
  const data = { userId: person.id, purpose, granted, wording };
  const details = { purpose, granted: String(granted), wording };
  const action = { action: 'set-consent', details };
  return { kind: 'changed', ...next({ ...person, consents }, ConsentChanged, meta, data, action), consent };
}

function requestExport(
  person: Person,
  { exportId, ...meta }: Extract<PersonCommand, { kind: 'request-export' }>,
): PersonDecision {
  const dataExport: DataExport = {
    id: exportId,
    userId: person.id,
    requestedAt: meta.at,
    deadline: new Date(meta.at.getTime() + collectingMs),
    expiresAt: new Date(meta.at.getTime() + exportLifetimeMs),
  };
  const data = { exportId, userId: person.id };
  const action = { action: 'request-export', details: { exportId } };
  return { kind: 'changed', ...next(person, DataExportRequested, meta, data, action), dataExport };
}

const recorded = (
  { id }: Person,
  action: { action: string; details?: Record<string, string> },
  meta: Pick<CommandMeta, 'at'>,
): NewEvent => recordedAction(UserActionRecorded, { ...action, target: { kind: 'account', id } }, meta);

/** The person after a change, with the event that announces it and the record of the action. */
function next<D extends EventDefinition>(
  person: Person,
  definition: D,
  { at, eventId }: CommandMeta,
  data: NewEvent<D>['data'],
  action?: { action: string; details?: Record<string, string> },
): { state: Person; events: NewEvent[] } {
  const state = { ...person, version: person.version + 1, eventCount: person.eventCount + 1 };
  const event = {
    definition,
    id: eventId,
    aggregateId: person.id,
    sequence: state.eventCount,
    time: at,
    data,
  };
  return { state, events: [event, ...(action === undefined ? [] : [recorded(person, action, { at })])] };
}
