import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** One migration file: its path below the root, its SQL, and its hash. */
export type MigrationFile = { path: string; sql: string; hash: string };

/** Every migration file, per folder in the order in which they are applied. */
export function migrationFiles(): MigrationFile[] {
  const services = readdirSync(join(root, 'services')).map((name) => `services/${name}/migrations`);
  return ['shared/postgres/migrations', ...services]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.sql'))
        .sort()
        .map((name) => {
          const sql = readFileSync(join(root, folder, name), 'utf8');
          return { path: `${folder}/${name}`, sql, hash: createHash('sha256').update(sql).digest('hex') };
        }),
    );
}
