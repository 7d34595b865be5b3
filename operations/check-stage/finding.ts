/**
 * The result of one check. `missing` prevents a deployment, `warning` does not; `unknown` could not be read (missing
 * permission, unavailable service).
 */
export type Finding = {
  check: string;
  outcome: 'ok' | 'missing' | 'warning' | 'unknown';
  found: string;
  /** What to do; for every result except ok. */
  remedy?: string;
};

export const ok = (check: string, found: string): Finding => ({ check, outcome: 'ok', found });
const failed = (outcome: 'missing' | 'warning') => (check: string, found: string, remedy: string) =>
  ({ check, outcome, found, remedy }) satisfies Finding;
export const missing = failed('missing');
export const warning = failed('warning');
/** What production must have, and other stages may do without. */
export const neededInProd = (stage: string) => (stage === 'prod' ? missing : warning);

/** A check that failed to run. */
export const unknown = (check: string, cause: unknown): Finding => ({
  check,
  outcome: 'unknown',
  found: cause instanceof Error ? `${cause.name}: ${cause.message.split('\n')[0]}` : String(cause),
  remedy: 'check it by hand, or grant the caller permission to read it',
});

/** Whether no finding prevents a deployment. */
export const mayDeploy = (findings: readonly Finding[]): boolean =>
  findings.every(({ outcome }) => outcome !== 'missing');
