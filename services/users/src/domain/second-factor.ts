import type { Role } from '#shared/auth/permissions.ts';

/**
 * The state of a user's second factor: a device that shows time-based one-time passwords.
 *
 *     none ──enrol──▶ pending ──a code──▶ active ──password and code, or reset by staff──▶ none
 *                      └──enrol again: another secret
 */
export const secondFactorStates = ['none', 'pending', 'active'] as const;
export type SecondFactorState = (typeof secondFactorStates)[number];

/** How many recovery codes a user gets, and their random bytes: 16 letters and digits. */
export const recoveryCodeCount = 10;
export const recoveryCodeBytes = 10;

/** A code as it was typed: one of the device, or a recovery code in its canonical form. */
export function parseCode(text: string): { kind: 'device' | 'recovery'; code: string } {
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase();
  return { kind: /^\d{6}$/.test(code) ? 'device' : 'recovery', code };
}

/**
 * The roles that a session has: only those of a customer where one of the roles requires a second factor and the session has
 * none. So that a person can enrol, nobody is locked out.
 */
export const rolesInSession = (
  held: readonly Role[],
  required: readonly Role[],
  secondFactorAt: Date | undefined,
): readonly Role[] =>
  secondFactorAt === undefined && held.some((role) => required.includes(role)) ? ['customer'] : held;
