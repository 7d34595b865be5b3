import { parseRoles } from '#shared/auth/permissions.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { ConsentPurpose } from '#shared/events/privacy.ts';
import {
  type Change,
  type ChangeStore,
  changeStore,
  findState,
  type StoreDefinition,
} from '#shared/postgres/change-store.ts';
import type { Database } from '#shared/postgres/database.ts';
import { deleteRequestsOf, markErased } from '#shared/postgres/erasure.ts';
import type { Outbox } from '#shared/postgres/outbox.ts';
import { commaSeparated, type Sql, sql } from '#shared/postgres/sql.ts';
import { UserNotFound } from '../domain/errors.ts';
import type { Person, PersonExtra } from '../domain/person.ts';
import { refusalOf } from './user-store.ts';

/** Writes consents, requests for exports, and erasures. */
export type PersonStore = Pick<ChangeStore<Person, PersonExtra>, 'change'> & {
  /** @throws UserNotFound */
  read(id: string): Promise<Person>;
};

type StoredConsent = { purpose: ConsentPurpose; granted: boolean; wording: string; changedAt: string };
type PersonRow = {
  id: string;
  email: string;
  version: number;
  event_count: number;
  roles: string[];
  consents: StoredConsent[];
};
type PersonChange = Change<Person, PersonExtra>;

/** The current answer to each purpose. */
const selectConsents = sql`
  SELECT coalesce(json_agg(json_build_object('purpose', c.purpose, 'granted', c.granted, 'wording', c.wording,
                                             'changedAt', c.changed_at) ORDER BY c.purpose), '[]')
    FROM (SELECT DISTINCT ON (purpose) * FROM consents WHERE user_id = u.id
           ORDER BY purpose, changed_at DESC) c`;

const personOf = ({ id, email, version, event_count, roles, consents }: PersonRow): Person => ({
  id,
  email,
  version,
  eventCount: event_count,
  roles: parseRoles(roles.join(',')),
  consents: consents.map((consent) => ({ ...consent, changedAt: new Date(consent.changedAt) })),
});

const ifWritten = sql`EXISTS (SELECT FROM written)`;

function updatePerson(change: PersonChange, permitted: Sql): Sql {
  const { state: person, events, consent, dataExport, erased } = change;
  if (erased) return erasePerson(person, permitted);
  return commaSeparated([
    sql`written AS (
      UPDATE users SET version = ${person.version}, event_count = ${person.eventCount}, updated_at = ${events[0]?.time}
       WHERE id = ${person.id} AND version = ${person.version - 1} AND ${permitted} RETURNING id)`,
    consent &&
      sql`consent AS (
      INSERT INTO consents (user_id, purpose, changed_at, granted, wording)
      SELECT id, ${consent.purpose}::text, ${consent.changedAt}::timestamptz, ${consent.granted}::boolean,
             ${consent.wording}::text FROM written)`,
    dataExport &&
      sql`export AS (
      INSERT INTO data_exports (id, user_id, requested_at, deadline, expires_at)
      SELECT ${dataExport.id}::uuid, id, ${dataExport.requestedAt}::timestamptz, ${dataExport.deadline}::timestamptz,
             ${dataExport.expiresAt}::timestamptz FROM written)`,
  ]);
}

/**
 * Deletes the account with all that refers to it, its stored requests, and the events that name it. Sent events are kept
 * for days as proof of what was published, which here would be a copy of the person.
 */
const erasePerson = ({ id, email, version }: Person, permitted: Sql): Sql => sql`
  written AS (
    DELETE FROM users WHERE id = ${id} AND version = ${version - 1} AND ${permitted} RETURNING id),
  mailed AS (DELETE FROM mail_tokens WHERE (subject_id = ${id} OR email = ${email}) AND ${ifWritten}),
  pending AS (DELETE FROM registrations WHERE email = ${email} AND ${ifWritten}),
  invited AS (DELETE FROM invitations WHERE (email = ${email} OR invited_by = ${id}) AND ${ifWritten}),
  erased AS (${markErased(id, ifWritten)}),
  requests AS (${deleteRequestsOf(id, ifWritten)}),
  earlier AS (
    DELETE FROM outbox
     WHERE (aggregate_id = ${id} OR (sent_at IS NOT NULL AND (strpos(message, ${id}) > 0 OR strpos(message, ${email}) > 0)))
       AND ${ifWritten})`;

const personDefinition: StoreDefinition<Person, PersonRow, PersonExtra> = {
  name: 'account',
  notFound: () => new UserNotFound('There is no such account.'),
  select: (id) => sql`
    SELECT u.id, u.email, u.version, u.event_count,
           ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id) AS roles, (${selectConsents}) AS consents
      FROM users u WHERE u.id = ${id}`,
  stateOf: personOf,
  recorded: { definition: UserActionRecorded, target: ({ id }) => ({ kind: 'account', id }) },
  insert: () => {
    throw new Error('an account is registered by the user store');
  },
  update: updatePerson,
  refusalOf,
};

/** See {@link PersonStore}. */
export const personStore = (database: Database, outbox: Outbox): PersonStore => ({
  ...changeStore(database, outbox, personDefinition),
  read: async (id) => {
    const person = await findState(database, personDefinition, id);
    if (person === undefined) throw personDefinition.notFound();
    return person;
  },
});
