/** The only table from roles to permissions. */

export const roles = ['customer', 'support', 'admin'] as const;
export type Role = (typeof roles)[number];

const customer = [
  'account:read',
  'orders:place',
  'orders:read',
  'orders:cancel',
  'payments:read',
  'notifications:read',
] as const;
const support = [
  ...customer,
  'orders:read-any',
  'orders:cancel-any',
  'payments:read-any',
  'inventory:read',
  'media:read',
] as const;
const admin = [
  ...support,
  'catalogue:write',
  'inventory:write',
  'media:write',
  'orders:fulfil',
  'reports:read',
  'users:read-any',
] as const;

export type Permission = (typeof admin)[number];

const granted: Record<Role, ReadonlySet<Permission>> = {
  customer: new Set<Permission>(customer),
  support: new Set<Permission>(support),
  admin: new Set<Permission>(admin),
};

/** A signed-in caller, as passed by the authorizer. */
export type Caller = { userId: string; roles: Role[] };

/** Whether one of the caller's roles grants a permission. */
export const may = (caller: Caller, permission: Permission): boolean =>
  caller.roles.some((role) => granted[role].has(permission));

/** Parses the authorizer's list of roles; unknown ones are dropped. */
export const parseRoles = (text: string): Role[] =>
  text.split(',').filter((role): role is Role => (roles as readonly string[]).includes(role));
