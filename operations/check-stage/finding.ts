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
