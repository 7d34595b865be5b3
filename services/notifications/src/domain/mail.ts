/** A mail as plain text and as HTML, with the same content. */
export type Mail = { subject: string; text: string; html: string };

/** The content of a mail: plain text, never markup. The list follows the paragraphs. */
export type MailContent = { subject: string; greeting: string; paragraphs: string[]; list?: string[] };

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML: names are chosen by users. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found]!);

/** A subject is a header: a line break in it would start another header. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();

/** Composes a mail as plain text and as HTML. */
export function compose({ subject, greeting, paragraphs, list = [] }: MailContent): Mail {
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
