/** The only table from roles to permissions. The authorizer, the handlers, OpenAPI (`x-permission`) and the documents read it. */

export const roles = ['customer', 'support', 'catalogue', 'fulfilment', 'finance', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What every account may do. Staff may also buy in the shop. */
const customer = [
  'account:read',
  'account:write',
  'orders:place',
  'orders:read',
  'orders:cancel',
  'payments:read',
  'notifications:read',
] as const;
/** Helps customers with their orders and their access. */
const support = [
  'orders:read-any',
  'orders:cancel-any',
  'payments:read-any',
  'inventory:read',
  'media:read',
  'users:read',
  'users:recover',
] as const;
/** Maintains products and their pictures. */
const catalogue = ['catalogue:write', 'media:read', 'media:write', 'inventory:read'] as const;
/** Ships orders and counts stock. */
const fulfilment = ['orders:read-any', 'orders:fulfil', 'inventory:read', 'inventory:write'] as const;
/** Reads what was sold and paid. */
const finance = ['orders:read-any', 'payments:read-any', 'reports:read'] as const;
/** Everything the other roles may do, and the accounts of others. */
const admin = [
  ...support,
  ...catalogue,
  ...fulfilment,
  ...finance,
  'users:disable',
  'users:erase',
  'users:roles',
  'api-keys:manage',
  'audit:read',
] as const;

export type Permission = (typeof customer)[number] | (typeof admin)[number];

const granted: Record<Role, ReadonlySet<Permission>> = {
  customer: new Set<Permission>(customer),
  support: new Set<Permission>([...customer, ...support]),
  catalogue: new Set<Permission>([...customer, ...catalogue]),
  fulfilment: new Set<Permission>([...customer, ...fulfilment]),
  finance: new Set<Permission>([...customer, ...finance]),
  admin: new Set<Permission>([...customer, ...admin]),
};

/** Every permission, in the order of the table above. */
export const permissions: readonly Permission[] = [...granted.admin];

/**
 * What an API key may have: no account of its own, no orders, which belong to accounts, and no keys, so that a key which
 * leaked creates no others.
 */
export const keyPermissions: readonly Permission[] = permissions.filter(
  (permission) => !/^(account:|orders:place$|api-keys:)/.test(permission),
);

/** Whether a role is given to people who work for the shop. */
export const isStaffRole = (role: Role): boolean => role !== 'customer';

/** What roles grant together. */
export const permissionsOf = (held: readonly Role[]): Set<Permission> =>
  new Set(held.flatMap((role) => [...granted[role]]));

/** How a caller proved its identity: with the access token of a session, or with an API key. */
export type Credential = { kind: 'session' | 'api-key'; id: string };

/** An authenticated caller, as passed by the authorizer. */
export type Caller = {
  /** The account; for an API key its own id. */
  userId: string;
  permissions: ReadonlySet<Permission>;
  credential: Credential;
};

/** Whether the caller has a permission. */
export const may = (caller: Pick<Caller, 'permissions'>, permission: Permission): boolean =>
  caller.permissions.has(permission);

/** Whether the caller may do more than a customer. */
export const isStaff = ({ permissions: held }: Pick<Caller, 'permissions'>): boolean =>
  [...held].some((permission) => !granted.customer.has(permission));

/** Parses a list of roles; unknown ones are dropped. */
export const parseRoles = (text: string): Role[] =>
  text.split(',').filter((role): role is Role => (roles as readonly string[]).includes(role));

/** Parses the authorizer's list of permissions; unknown ones are dropped. */
export const parsePermissions = (text: string): Set<Permission> =>
  new Set(
    text.split(',').filter((name): name is Permission => (permissions as readonly string[]).includes(name)),
  );
