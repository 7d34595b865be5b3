/** A mail in both forms, made from the same words. */
export type Mail = { subject: string; text: string; html: string };

/** What a mail says: plain words, never markup. A list comes after the paragraphs. */
export type Words = { subject: string; greeting: string; paragraphs: string[]; list?: string[] };

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, whatever somebody chose as a name. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found]!);

/** One line: a subject is a header, and a line break in it would begin another. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();

/** Writes a mail as plain text and as HTML. */
export function compose({ subject, greeting, paragraphs, list = [] }: Words): Mail {
  const plain = [
    greeting,
    ...paragraphs,
    ...(list.length === 0 ? [] : [list.map((item) => `- ${item}`).join('\n')]),
  ];
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const items = list.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
  return {
    subject: oneLine(subject),
    text: `${plain.join('\n\n')}\n`,
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>',
      paragraph(greeting),
      ...paragraphs.map(paragraph),
      ...(items === '' ? [] : [`<ul>${items}</ul>`]),
      '</body></html>',
    ].join('\n'),
  };
}
