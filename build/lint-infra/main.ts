/**
 * `npm run lint:infra`: cfn-lint and checkov over every compiled template of every stage. Fails on every finding,
 * except those suppressed on their resource with a reason and rules that contradict the design (ADR 0009).
 */
import { parseArgs } from 'node:util';
import { contradictions, exceptionOf, exceptions, type Suppression, suppressionsIn } from './exceptions.ts';
import { type CompiledTemplate, deployedStages, templatesOf } from './templates.ts';
import { cfnLint, checkov, type Finding, type Tool, verdictsOf } from './tools.ts';

const { values } = parseArgs({ options: { stage: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log('npm run lint:infra [-- --stage dev]   cfn-lint and checkov over every compiled template');
  process.exit(0);
}

const started = performance.now();
const templates: CompiledTemplate[] = [];
for (const stage of deployedStages)
  if (values.stage === undefined || values.stage === stage) templates.push(...(await templatesOf(stage)));

const refused: { template: CompiledTemplate; finding: Finding }[] = [];
const suppressed: Suppression[] = [];
const used = new Set<object>();
/** Suppressions of a stack, in any stage. */
const usedInTemplates = new Set<string>();
const wide = contradictions();
let passed = 0;

/** Whether a suppression is of a finding; one without a resource is of the whole template. */
function concerns({ tool, rule, resource }: Suppression, finding: Finding): boolean {
  return tool === finding.tool && rule === finding.rule && (resource === '' || resource === finding.resource);
}

function nameOf({ name }: CompiledTemplate, { tool, rule, resource }: Suppression): string {
  return [name, tool, rule, resource].join(' ');
}

async function judge(tool: Tool): Promise<void> {
  const verdicts = await verdictsOf(tool, templates);
  for (const [index, { findings, passed: ofTemplate }] of verdicts.entries()) {
    const template = templates[index]!;
    passed += ofTemplate;
    for (const finding of findings) {
      const exception = exceptionOf(finding, template);
      if (exception) used.add(exception);
      const own = suppressionsIn(template.template).find((each) => concerns(each, finding));
      if (own) usedInTemplates.add(nameOf(template, own));
      const reason = wide[tool.name].includes(finding.rule) ? 'ADR 0009' : (exception ?? own)?.reason;
      if (reason === undefined) refused.push({ template, finding });
      else suppressed.push({ ...finding, reason });
    }
  }
}
await Promise.all([judge(cfnLint), judge(checkov)]);

printSummary();
const unused = [
  ...exceptions.filter((each) => !used.has(each)),
  ...templates.flatMap((each) =>
    suppressionsIn(each.template).filter((own) => !usedInTemplates.has(nameOf(each, own))),
  ),
  ...(['cfn-lint', 'checkov'] as const)
    .flatMap((tool) =>
      wide[tool].filter((rule) => !suppressed.some((each) => each.tool === tool && each.rule === rule)),
    )
    .map((rule) => ({ rule, resource: 'any resource', reason: 'ADR 0009' })),
];
const complaints = [
  ...byStages(refused),
  ...suppressed
    .filter(({ reason }) => reason.trim() === '')
    .map(({ tool, rule, resource }) => `${resource}: ${tool} ${rule} is suppressed without a reason`),
  ...(values.stage === undefined
    ? new Set(
        unused.map(
          ({ rule, resource, reason }) =>
            `nothing needs the exception of ${rule} for ${resource} (${reason})`,
        ),
      )
    : []),
];

/** Prints templates and resources per stage, checks passed, and suppressions by rule with their counts. */
function printSummary(): void {
  console.log('stage     templates  resources');
  for (const stage of deployedStages) {
    const ofStage = templates.filter((each) => each.stage === stage);
    const resources = ofStage.flatMap(({ template }) => Object.keys(template.Resources)).length;
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

/** A finding in several stages is reported once. */
function byStages(found: typeof refused): string[] {
  const stages = new Map<string, string[]>();
  for (const { template, finding } of found) {
    const { tool, rule, resource, message } = finding;
    const line = `${template.name} ${resource}: ${tool} ${rule} ${message}`;
    stages.set(line, [...(stages.get(line) ?? []), template.stage]);
  }
  return [...stages].map(([line, of]) => `${line} (${of.join(', ')})`);
}

for (const complaint of complaints) console.error(complaint);
console.log(
  `\n${complaints.length === 0 ? 'nothing found' : `${complaints.length} findings`} ` +
    `in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
process.exit(complaints.length === 0 ? 0 : 1);
