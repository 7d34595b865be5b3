const begin = '<!-- table: made by npm run generate:docs -->';
const end = '<!-- /table -->';

/** A document with the text between its markers replaced. @throws Error if it has none */
export function withTable(document: string, table: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < 0) throw new Error('the document has no table markers');
  return `${document.slice(0, from + begin.length)}\n${table}\n${document.slice(to)}`;
}
