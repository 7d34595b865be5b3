/** A statement of a migration that can break code of the previous release. */
export type Contraction = { statement: string; rule: string };

/** A comment above a statement that exempts it with a reason: `-- contract: unused since 1.4`. */
const annotation = /^--\s*contract:\s*\S.{9,}$/m;

type Rule = { rule: string; breaks: RegExp };

/** The refused forms of statements, each with its effect on code that is still running. */
const rules: Rule[] = [
  {
    rule: 'drops what old code uses',
    breaks: /\bDROP\s+(TABLE|COLUMN|VIEW|MATERIALIZED|TYPE|SCHEMA|FUNCTION|SEQUENCE|DATABASE|ROLE|DEFAULT)\b/,
  },
  {
    rule: 'drops a column',
    breaks: /\bALTER\s+TABLE\b.*\bDROP\s+(?!CONSTRAINT\b|NOT\b)(?!.*\bNOT NULL\b)/,
  },
  { rule: 'renames what old code uses', breaks: /\bRENAME\b/ },
  { rule: 'changes the type of a column', breaks: /\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b/ },
  { rule: 'requires what old code does not write', breaks: /\bSET\s+NOT\s+NULL\b/ },
  {
    rule: 'requires what old code does not write',
    breaks:
      /\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b|PRIMARY\b|FOREIGN\b)(?:(?!\bDEFAULT\b|\bGENERATED\b|,\s*ADD\b).)*\bNOT\s+NULL\b(?!(?:(?!,\s*ADD\b).)*\b(?:DEFAULT|GENERATED)\b)/,
  },
  { rule: 'refuses what old code writes', breaks: /\bADD\s+(CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)\b/ },
  { rule: 'refuses what old code writes', breaks: /\bCREATE\s+UNIQUE\s+INDEX\b/ },
  { rule: 'refuses what old code writes', breaks: /\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b/ },
  { rule: 'deletes rows', breaks: /^\s*(TRUNCATE|DELETE\s+FROM)\b/ },
  { rule: 'revokes permissions', breaks: /^\s*REVOKE\b/ },
  {
    rule: 'locks a table for a full scan',
    breaks: /\b(VACUUM\s+FULL|CLUSTER|REINDEX)\b/,
  },
];

/**
 * The statements of a migration that can break the previous code, which runs at the same time during a release and after
 * a rollback. Statements on a table that the same migration creates are accepted.
 */
export function contractions(sql: string): Contraction[] {
  const statements = statementsOf(sql);
  const created = new Set(
    statements.flatMap(
      ({ text }) => /\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\S+?)[\s(]/.exec(text)?.[1] ?? [],
    ),
  );
  return statements
    .filter(({ comments, text }) => !annotation.test(comments) && !created.has(tableOf(text)))
    .flatMap(({ text }) =>
      rules.filter(({ breaks }) => breaks.test(text)).map(({ rule }) => ({ statement: text, rule })),
    );
}

/** The table that a statement changes. */
function tableOf(text: string): string {
  const [, name = ''] =
    /\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(\S+)/.exec(text) ??
    /\bTRIGGER\b.*?\bON\s+(\S+)/.exec(text) ??
    /\bINDEX\b.*?\bON\s+(?:ONLY\s+)?([^\s(]+)/.exec(text) ??
    [];
  return name;
}

/** Statements on one line each, in upper case, without string literals and comments; the comments above each separately. */
function statementsOf(sql: string): { comments: string; text: string }[] {
  const quoted = /\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'/g;
  return sql
    .replaceAll(quoted, "''")
    .split(';')
    .map((part) => ({
      comments: (part.match(/--.*$/gm) ?? []).join('\n'),
      text: part
        .replaceAll(/--.*$/gm, '')
        .replaceAll(/\/\*[\s\S]*?\*\//g, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .toUpperCase(),
    }))
    .filter(({ text }) => text !== '');
}
