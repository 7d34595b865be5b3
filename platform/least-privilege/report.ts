import type { Finding } from './least-privilege.ts';

/** The findings that fail the report: unused and missing grants. */
export const failures = (findings: Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'unused' || verdict === 'missing');

const labels = { used: 'used', implied: 'implied', unused: 'UNUSED', missing: 'MISSING' } as const;

/** Formats the findings by function, the reasons of implied rights with AWS's page, and the totals. */
export function renderReport(findings: Finding[], onlyFailures = false): string {
  const shown = onlyFailures ? failures(findings) : findings;
  const reasons = [
    ...new Map(shown.flatMap(({ reason, page }) => (reason ? [[reason, page]] : []))).entries(),
  ];
  const mark = (finding: Finding) => reasons.findIndex(([reason]) => reason === finding.reason) + 1;
  const lines: string[] = [];
  for (const [name, rows] of Map.groupBy(shown, (finding) => finding.function)) {
    lines.push(name);
    for (const row of rows)
      lines.push(
        `  ${labels[row.verdict].padEnd(8)} ${row.action.padEnd(32)} ${row.resource} ${explain(row, mark(row))}`,
      );
  }
  if (reasons.length > 0) lines.push('');
  for (const [index, [reason, page]] of reasons.entries()) lines.push(`[${index + 1}] ${reason}: ${page}`);
  return [...lines, '', sums(findings)].join('\n');
}

function explain({ verdict, count }: Finding, reason: number): string {
  if (verdict === 'used') return `(${count} ${count === 1 ? 'call' : 'calls'})`;
  if (verdict === 'unused') return '(remove it, or test the code that uses it)';
  return `[${reason}]`;
}

function sums(findings: Finding[]): string {
  const counts = Map.groupBy(findings, ({ verdict }) => verdict);
  const sum = (verdict: Finding['verdict']) => counts.get(verdict)?.length ?? 0;
  const functions = new Set(findings.map((finding) => finding.function)).size;
  const grants = findings.length - sum('missing');
  return `${grants} grants of ${functions} functions: ${sum('used')} used, ${sum('implied')} implied by AWS, ${sum('unused')} unused; ${sum('missing')} implied ones missing`;
}
