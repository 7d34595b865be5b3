import { type Caller, permissionsOf, type Role } from '../auth/permissions.ts';
import { newId } from '../ids.ts';

/** A caller with a role, signed in: an account of its own unless one is given. */
export const aCaller = (role: Role = 'customer', userId: string = newId()): Caller => ({
  userId,
  permissions: permissionsOf([role]),
  credential: { kind: 'session', id: newId() },
});
