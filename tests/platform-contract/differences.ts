import { knownDifferences } from '../../proofs/known-differences.ts';
import { target } from './platform.ts';

/** Tests a behaviour of AWS on every platform; on one with a known difference, tests that the difference remains. */
export function awsBehaviour(sentence: string, check: () => Promise<void>, timeoutMs = 60_000): void {
  const isKnownDifference = knownDifferences[target.platform]?.[sentence] !== undefined;
  (isKnownDifference ? test.failing : test)(sentence, check, timeoutMs);
}
