/**
 * What one check of the preflight came to. `missing` stops a deployment, `warning` does not, `unknown` could not be
 * looked up (a right that the caller lacks, a service that does not answer).
 */
export type Finding = {
  check: string;
  outcome: 'ok' | 'missing' | 'warning' | 'unknown';
  /** What was found, in a few words. */
  found: string;
  /** What to do about it; for everything that is not ok. */
  remedy?: string;
};

export const ok = (check: string, found: string): Finding => ({ check, outcome: 'ok', found });
export const missing = (check: string, found: string, remedy: string): Finding => ({
  check,
  outcome: 'missing',
  found,
  remedy,
});
export const warning = (check: string, found: string, remedy: string): Finding => ({
  check,
  outcome: 'warning',
  found,
  remedy,
});

/** A question that had no answer is a finding too: nothing is taken for granted. */
export const unknown = (check: string, cause: unknown): Finding => ({
  check,
  outcome: 'unknown',
  found: cause instanceof Error ? `${cause.name}: ${cause.message.split('\n')[0]}` : String(cause),
  remedy: 'look it up by hand, or let the caller read it',
});

/** Whether a deployment may begin. */
export const mayDeploy = (findings: readonly Finding[]): boolean =>
  findings.every(({ outcome }) => outcome !== 'missing');
