-- The audit log: what staff, API keys and operators changed in any service, and security-relevant actions of customers.

CREATE TABLE audit_entries (
  -- The position in the chain, from 1, without gaps.
  number        bigint NOT NULL PRIMARY KEY,
  event_id      uuid   NOT NULL CONSTRAINT audit_entries_once UNIQUE,
  -- The entry as JSON, exactly as it was hashed. All other columns follow from it.
  content       text   NOT NULL,
  -- SHA-256 over number, previous_hash and content.
  hash          bytea  NOT NULL,
  previous_hash bytea  NOT NULL,
  occurred_at   text   NOT NULL GENERATED ALWAYS AS (content::jsonb ->> 'time') STORED,
  action        text   NOT NULL GENERATED ALWAYS AS (content::jsonb ->> 'action') STORED,
  actor_id      text   GENERATED ALWAYS AS (content::jsonb #>> '{actor,id}') STORED,
  target_id     text   NOT NULL GENERATED ALWAYS AS (content::jsonb #>> '{target,id}') STORED
);
CREATE INDEX audit_entries_time ON audit_entries (occurred_at);
CREATE INDEX audit_entries_action ON audit_entries (action, number);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, number);
CREATE INDEX audit_entries_target ON audit_entries (target_id, number);

-- Whoever bypasses it leaves a chain that `npm run audit:verify` refuses.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
