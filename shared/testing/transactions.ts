import pg from 'pg';
import type { Database } from '../postgres/database.ts';

/** A row that was inserted or updated, and the transaction that did it. */
export type RecordedWrite = { table: string; transaction: string };

/**
 * Records which transaction writes each row of the given tables from now on. Unlike `xmin`, the record survives a
 * later change of the row. The triggers are dropped with the test's database. In the project int only.
 */
export async function recordTransactions(
  database: Database,
  tables: string[],
): Promise<() => Promise<RecordedWrite[]>> {
  const [{ name } = { name: '' }] = await database.query<{ name: string }>(
    'SELECT current_database() AS name',
  );
  // The service's own role may not create triggers.
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  url.pathname = `/${name}`;
  const run = async <Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await run(`
    CREATE TABLE recorded_writes (id bigint GENERATED ALWAYS AS IDENTITY, "table" text, transaction text);
    CREATE FUNCTION record_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO public.recorded_writes ("table", transaction) VALUES (TG_TABLE_NAME, pg_current_xact_id()::text);
      RETURN NULL;
    END $$;
    ${tables
      .map(
        (table) =>
          `CREATE TRIGGER record_write AFTER INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION record_write();`,
      )
      .join('\n')}`);
  return () => run<RecordedWrite>('DELETE FROM recorded_writes RETURNING "table", transaction');
}

/** The tables that each transaction wrote, without repetition: `['orders, outbox', 'outbox']`. */
export const tablesByTransaction = (writes: readonly RecordedWrite[]): string[] =>
  [...Map.groupBy(writes, ({ transaction }) => transaction).values()].map((group) =>
    [...new Set(group.map(({ table }) => table))].toSorted().join(', '),
  );
