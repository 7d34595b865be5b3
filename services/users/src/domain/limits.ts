import type { FailureLimit, RequestLimit } from '#shared/limits/limits.ts';

/**
 * The limits of this service: the figures of production, which RATE_LIMITS overrides. A name ends with what it counts by:
 * the client address, the account (by the address given, whether an account has it or not), the device, the token.
 * Offices and mobile carriers share an address, so limits per client are higher than one person needs.
 */
type Figures<Limit> = Omit<Limit, 'name'>;

const minute = 60;
const hour = 60 * minute;

/** Requests, whatever becomes of them. */
export const requestLimits = {
  'login-client': { limit: 100, windowSeconds: 5 * minute },
  'login-device': { limit: 30, windowSeconds: 5 * minute },
  'register-client': { limit: 20, windowSeconds: hour },
  'register-account': { limit: 5, windowSeconds: hour },
  'reset-client': { limit: 20, windowSeconds: hour },
  'reset-account': { limit: 5, windowSeconds: hour },
  'mail-token-client': { limit: 60, windowSeconds: hour },
  // Mails to one person.
  'reset-by-staff-account': { limit: 5, windowSeconds: hour },
  'refresh-client': { limit: 300, windowSeconds: 5 * minute },
  'refresh-account': { limit: 60, windowSeconds: 5 * minute },
  'export-account': { limit: 5, windowSeconds: 24 * hour },
} satisfies Record<string, Figures<RequestLimit>>;

/** Ten wrong passwords, then a quarter of an hour without an attempt: about a hundred guesses a day. */
const ofOneAccount: Figures<FailureLimit> = {
  limit: 10,
  windowSeconds: 15 * minute,
  firstDelaySeconds: 15 * minute,
  maxDelaySeconds: 15 * minute,
  resetBySuccess: true,
};

/**
 * Wrong passwords over all accounts (password spraying). 30 in six hours cost nothing, since offices share an address;
 * each further one doubles the delay, from two seconds to a quarter of an hour.
 */
const ofOneClient: Figures<FailureLimit> = {
  limit: 30,
  windowSeconds: 6 * hour,
  firstDelaySeconds: 2,
  maxDelaySeconds: 15 * minute,
  resetBySuccess: false,
};

/** Wrong passwords, and wrong codes of second factors. */
export const failureLimits = {
  'wrong-password-client': ofOneClient,
  'wrong-password-network': { ...ofOneClient, limit: 150 },
  'wrong-password-account': ofOneAccount,
  'wrong-password-device': ofOneAccount,
  // Whoever guesses codes knows the password: few guesses, whatever the client.
  'second-factor-account': {
    limit: 5,
    windowSeconds: hour,
    firstDelaySeconds: 5 * minute,
    maxDelaySeconds: hour,
    resetBySuccess: true,
  },
  // Of a signed-in caller: strangers cannot use it up.
  'current-password-account': ofOneAccount,
} satisfies Record<string, Figures<FailureLimit>>;

/** The name of a limit of wrong passwords or codes. */
export type FailureLimitName = keyof typeof failureLimits;
