import type { Suppression } from './exceptions.ts';
import { type CompiledTemplate, deployedStages } from './templates.ts';

/** The results of all tools. */
export type Summary = { templates: CompiledTemplate[]; passed: number; suppressed: Suppression[] };

const sizeOf = ({ template }: CompiledTemplate): number => Object.keys(template.Resources).length;

/** Prints templates and resources per stage, checks passed, and suppressions by rule with their counts. */
export function printSummary({ templates, passed, suppressed }: Summary): void {
  console.log('stage     templates  resources');
  for (const stage of deployedStages) {
    const ofStage = templates.filter((each) => each.stage === stage);
    const resources = ofStage.reduce((sum, each) => sum + sizeOf(each), 0);
    if (ofStage.length > 0)
      console.log(
        `${stage.padEnd(8)}  ${String(ofStage.length).padStart(9)}  ${String(resources).padStart(9)}`,
      );
  }
  console.log(`\nchecks passed: ${passed} (checkov; cfn-lint counts none)`);
  console.log('\nsuppressed, by rule (all stages):');
  const counts = new Map<string, { count: number; reasons: Set<string> }>();
  for (const { tool, rule, reason } of suppressed) {
    const entry = counts.get(`${tool} ${rule}`) ?? { count: 0, reasons: new Set<string>() };
    entry.count += 1;
    entry.reasons.add(reason);
    counts.set(`${tool} ${rule}`, entry);
  }
  for (const [rule, { count, reasons }] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${rule.padEnd(24)} ${String(count).padStart(5)}  ${[...reasons].join(' | ')}`);
}
