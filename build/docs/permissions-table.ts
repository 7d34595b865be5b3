import { permissions, permissionsOf, roles } from '../../shared/auth/permissions.ts';
import type { ServiceRoutes } from './openapi-document.ts';

/** The table of docs/staff.md: every permission with the roles that have it and the routes that require it. */
export function permissionsTable(services: readonly ServiceRoutes[]): string {
  const routes = services.flatMap((service) => service.routes);
  const rows = permissions.map((permission) => {
    const cells = roles.map((role) => (permissionsOf([role]).has(permission) ? '✓' : ''));
    const required = routes
      .filter(({ access }) => access === permission)
      .map(({ method, path }) => `\`${method} ${path.replace('/api/v1/', '')}\``);
    return `| ${permission} | ${cells.join(' | ')} | ${required.join(', ')} |`;
  });
  return [
    `| permission | ${roles.join(' | ')} | routes |`,
    `|---|${roles.map(() => '---').join('|')}|---|`,
    ...rows,
  ].join('\n');
}
