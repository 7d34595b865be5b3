/**
 * `npm run lint:infra`: cfn-lint and checkov over every compiled template of every stage. Fails on every finding,
 * except those suppressed on their resource with a reason and rules that contradict the design (ADR 0009).
 */
import { parseArgs } from 'node:util';
import { contradictions, exceptions, reasonFor, type Suppression, suppressionsIn } from './exceptions.ts';
import { printSummary } from './summary.ts';
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
const wide = contradictions();
let passed = 0;

async function judge(tool: Tool): Promise<void> {
  const verdicts = await verdictsOf(tool, templates);
  for (const [index, { findings, passed: ofTemplate }] of verdicts.entries()) {
    const template = templates[index]!;
    passed += ofTemplate;
    for (const finding of findings) {
      const reason = wide[tool.name].includes(finding.rule) ? 'ADR 0009' : reasonFor(finding, template);
      if (reason === undefined) refused.push({ template, finding });
      else suppressed.push({ ...finding, reason });
    }
  }
}
await Promise.all([judge(cfnLint), judge(checkov)]);
for (const { template } of templates) suppressed.push(...suppressionsIn(template));

printSummary({ templates, passed, suppressed });
const unused = [
  ...exceptions.filter(({ reason }) => !suppressed.some((each) => each.reason === reason)),
  ...(['cfn-lint', 'checkov'] as const)
    .flatMap((tool) =>
      wide[tool].filter((rule) => !suppressed.some((each) => each.tool === tool && each.rule === rule)),
    )
    .map((rule) => ({ rule, reason: 'ADR 0009' })),
];
const complaints = [
  ...byStages(refused),
  ...suppressed
    .filter(({ reason }) => reason.trim() === '')
    .map(({ tool, rule, resource }) => `${resource}: ${tool} ${rule} is suppressed without a reason`),
  ...(values.stage === undefined
    ? unused.map(({ rule, reason }) => `nothing needs the exception of ${rule} (${reason})`)
    : []),
];

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
