import {
  keyPermissions,
  type Permission,
  permissionsOf,
  type Role,
  roles,
} from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';
import type { ServiceRoutes } from './openapi-document.ts';

/** Who sends a request, as the columns of docs/authorization.md. */
export const callers = ['anonymous', 'invalid', 'owner', ...roles, 'key with scope', 'other key'] as const;
export type CallerKind = (typeof callers)[number];

/**
 * What a route answers a caller: a status; `own` if it shows and changes only what belongs to the caller; or `allowed`, that is
 * anything but 401 and 403.
 */
export type Answer = 'allowed' | 'own' | 401 | 403 | 404;

/**
 * What a route answers, by its declaration. `owner` is the customer whose order or session the path names; `customer` and
 * staff are other accounts.
 */
export function answerTo(route: Route, caller: CallerKind): Answer {
  const { access, othersAccess } = route;
  if (access === 'public') return 'allowed';
  if (caller === 'anonymous' || caller === 'invalid') return 401;
  const held = permissionsHeld(caller, access, othersAccess);
  if (!held.has(access)) return 403;
  if (!permissionsOf(['customer']).has(access) || caller === 'owner') return 'allowed';
  if (othersAccess !== undefined && held.has(othersAccess)) return 'allowed';
  const namesAnother = route.path.includes('{') && !route.path.startsWith('/api/v1/users/me/');
  return namesAnother ? 404 : 'own';
}

function permissionsHeld(
  caller: Exclude<CallerKind, 'anonymous' | 'invalid'>,
  access: Permission,
  othersAccess: Permission | undefined,
): Set<Permission> {
  if (caller === 'owner') return permissionsOf(['customer']);
  if (caller === 'other key') return new Set();
  if (caller === 'key with scope') return new Set(scopesFor(access, othersAccess));
  return permissionsOf([caller as Role]);
}

/** The scopes of a key that may use a route, as far as keys can have them. */
export const scopesFor = (access: Permission, othersAccess: Permission | undefined): Permission[] =>
  [access, ...(othersAccess === undefined ? [] : [othersAccess])].filter((permission) =>
    keyPermissions.includes(permission),
  );

/** The table of docs/authorization.md: every route and every kind of caller. */
export function authorizationTable(services: ServiceRoutes[]): string {
  const rows = services.flatMap(({ routes }) =>
    routes.map((route) => {
      const cells = callers.map((caller) =>
        route.access === 'public' ? '✓' : textOf(answerTo(route, caller)),
      );
      return `| \`${route.method} ${route.path.replace('/api/v1/', '')}\` | ${route.access} | ${cells.join(' | ')} |`;
    }),
  );
  return [
    `| route | permission | ${callers.join(' | ')} |`,
    `|---|---|${callers.map(() => '---').join('|')}|`,
    ...rows,
  ].join('\n');
}

const textOf = (answer: Answer): string => (answer === 'allowed' ? '✓' : String(answer));
