import { knownDifferences } from '../known-differences.ts';
import { typeFates } from './types.ts';

/** Prints by name what the emulator cannot do, so that nobody takes the proof for more than it is. */
export function printLimits(): void {
  console.log('\nWhat the emulator does not do as AWS does (docs/platform-differences.md):');
  for (const [promise, instead] of Object.entries(knownDifferences['ministack'] ?? {})) {
    console.log(`  - “${promise}”: ${instead}`);
  }
  console.log(`  - makes without effect: ${typeFates.stubbed.join(', ')}`);
  console.log(
    '  - so removing prod is not proved for databases: RDS refuses it until protection is lifted and copies are deleted',
  );
  if (typeFates.leftOut.length > 0) console.log(`  - cannot make: ${typeFates.leftOut.join(', ')}`);
}
