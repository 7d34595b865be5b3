import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractions } from './expand-only.ts';
import { migrationFiles } from './migrations.ts';

const root = join(import.meta.dirname, '../..');

describe('the schemas', () => {
  const files = migrationFiles();

  test.each(files.map(({ path, sql }) => [path, sql]))('%s only adds to the schema', (_path, sql) => {
    expect(contractions(sql)).toEqual([]);
  });

  test('apply every migration file', () => {
    for (const { path } of files) {
      const [folder = '', name = ''] = path.split('/migrations/');
      const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8'));
      const imported = sources.some((source) => source.includes(`migrations/${name}'`));
      expect([path, imported]).toEqual([path, true]);
    }
  });
});

describe('a migration', () => {
  test.each([
    'DROP TABLE orders',
    'ALTER TABLE orders DROP COLUMN number',
    'ALTER TABLE orders DROP number',
    'ALTER TABLE orders RENAME COLUMN number TO no',
    'ALTER TABLE orders RENAME TO old_orders',
    'ALTER TABLE orders ALTER COLUMN number TYPE integer USING number::integer',
    'ALTER TABLE orders ALTER number SET DATA TYPE integer',
    'ALTER TABLE orders ADD COLUMN colour text NOT NULL',
    'ALTER TABLE orders ADD colour text NOT NULL',
    "ALTER TABLE orders ADD COLUMN a text DEFAULT '' NOT NULL, ADD COLUMN b text NOT NULL",
    'ALTER TABLE orders ALTER COLUMN number SET NOT NULL',
    'ALTER TABLE orders ALTER COLUMN number DROP DEFAULT',
    'ALTER TABLE orders ADD CONSTRAINT cheap CHECK (total_cents < 100)',
    'CREATE UNIQUE INDEX one ON orders (number)',
    'TRUNCATE orders',
    'CREATE TRIGGER t BEFORE DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION f()',
    'DELETE FROM orders',
    'REVOKE SELECT ON orders FROM shop_orders',
  ])('is refused: %s', (statement) => {
    expect(contractions(`SELECT 1; ${statement};`)).not.toEqual([]);
  });

  test.each([
    'CREATE TABLE parcels (id uuid PRIMARY KEY, number text NOT NULL)',
    'CREATE TABLE parcels (id uuid); CREATE UNIQUE INDEX one ON parcels (id); ALTER TABLE parcels ADD CHECK (true)',
    'CREATE TABLE notes (id uuid); CREATE TRIGGER t BEFORE DELETE ON notes FOR EACH STATEMENT EXECUTE FUNCTION f()',
    'ALTER TABLE orders ADD COLUMN colour text',
    "ALTER TABLE orders ADD COLUMN colour text NOT NULL DEFAULT 'red'",
    "ALTER TABLE orders ADD COLUMN colour text DEFAULT 'red' NOT NULL",
    'ALTER TABLE orders ADD COLUMN n bigint NOT NULL GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE orders ALTER COLUMN number DROP NOT NULL',
    'ALTER TABLE orders DROP CONSTRAINT cheap',
    'CREATE INDEX by_number ON orders (number)',
    "UPDATE orders SET colour = 'red' WHERE colour IS NULL",
    "INSERT INTO notes VALUES ('DROP TABLE orders; RENAME')",
    '-- contract: no code reads it since release 1.4\nALTER TABLE orders DROP COLUMN colour',
  ])('is accepted: %s', (statement) => {
    expect(contractions(`${statement};`)).toEqual([]);
  });

  test('is refused when its annotation gives no reason', () => {
    expect(contractions('-- contract: ok\nDROP TABLE orders')).not.toEqual([]);
  });
});
