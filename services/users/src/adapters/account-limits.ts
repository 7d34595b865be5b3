import type { FailureLimit, LimitStore } from '#shared/limits/limits.ts';
import { named, type Override } from '#shared/limits/overrides.ts';
import type { Limits } from '#shared/limits/request-limits.ts';
import { type FailureLimitName, failureLimits, requestLimits } from '../domain/limits.ts';

/** The limits of this service with the figures of its stage. */
export type AccountLimits = Limits & { ofFailures(name: FailureLimitName): FailureLimit };

/** See {@link AccountLimits}. */
export function accountLimits(
  store: LimitStore,
  clock: () => Date,
  overrides: readonly Override[],
): AccountLimits {
  const all = named({ ...requestLimits, ...failureLimits }, overrides);
  return {
    store,
    clock,
    named: (name) => {
      if (!(name in all)) throw new Error(`there is no limit ${name}`);
      return all[name as keyof typeof all];
    },
    ofFailures: (name) => all[name],
  };
}
