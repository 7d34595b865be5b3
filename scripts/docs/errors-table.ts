import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorKind, sharedErrors } from '../../shared/errors.ts';
import { root } from '../stacks.ts';

/** Every error that the API can answer, with the service that names it. */
export async function everyError(): Promise<(ErrorKind & { owner: string })[]> {
  const services = readdirSync(join(root, 'services')).toSorted();
  const own = await Promise.all(
    services.map(async (owner) => {
      const { errors } = (await import(join(root, 'services', owner, 'src/domain/errors.ts'))) as {
        errors: ErrorKind[];
      };
      return errors.map((error) => ({ ...error, owner }));
    }),
  );
  return [...sharedErrors.map((error) => ({ ...error, owner: 'every service' })), ...own.flat()];
}

const statusOf: Record<ErrorKind['remedy'], number> = {
  'fix-request': 400,
  'sign-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  'retry-later': 503,
};

/** The table of docs/errors.md. */
export async function errorsTable(): Promise<string> {
  const rows = (await everyError()).map(
    ({ code, remedy, title, status, owner }) =>
      `| \`${code}\` | ${status ?? statusOf[remedy]} | ${title} | ${remedy} | ${owner} |`,
  );
  return ['| code | status | title | remedy | named by |', '|---|---|---|---|---|', ...rows].join('\n');
}
