import { knownDifferences } from '../../proofs/known-differences.ts';
import { target } from './platform.ts';

/** A promise of AWS, checked on every platform; on one that is known to break it, checked to be broken still. */
export function promise(sentence: string, check: () => Promise<void>, timeoutMs = 60_000): void {
  const broken = knownDifferences[target.platform]?.[sentence] !== undefined;
  (broken ? test.failing : test)(sentence, check, timeoutMs);
}
