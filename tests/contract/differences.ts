import { target } from './platform.ts';

/**
 * Where a platform is known not to keep a promise of AWS that the suite states: the promise by its test's name,
 * and why. docs/platform-differences.md tells each with AWS's own page. A promise that a platform keeps after
 * all fails the suite, so that this list cannot outlive its reasons.
 */
export const knownDifferences: Record<string, Record<string, string>> = {
  local: {},
  ministack: {},
};

/** A promise of AWS, checked on every platform; on one that is known to break it, checked to be broken still. */
export function promise(sentence: string, check: () => Promise<void>, timeoutMs = 60_000): void {
  const broken = knownDifferences[target.platform]?.[sentence] !== undefined;
  (broken ? test.failing : test)(sentence, check, timeoutMs);
}
