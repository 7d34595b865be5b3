import { time } from './format.js';
import { html } from './html.js';
import { request } from './session.js';
import { show } from './show.js';

const element = (id) => document.getElementById(id);

/** Opens a mail in a dialog: its HTML part in a sandboxed frame, its text part as plain text. */
export async function openMail(id) {
  const mail = await request('GET', `/mails/${encodeURIComponent(id)}`);
  element('mail-subject').textContent = mail.subject || '(no subject)';
  const head = {
    From: mail.from,
    To: mail.to?.join(', '),
  };
  show(
    element('mail-head'),
    html`${Object.entries(head).map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : ''))}
      <div><dt>At</dt><dd>${time(mail.receivedAt)}</dd></div>`,
  );
  element('mail-plain').textContent = mail.text ?? '';
  element('mail-html').disabled = mail.html === undefined;
  element('mail-frame').src =
    mail.html === undefined ? 'about:blank' : `/mails/${encodeURIComponent(id)}/html`;
  choose(mail.html === undefined ? 'text' : 'html');
  element('mail').showModal();
}

function choose(part) {
  element('mail-frame').hidden = part !== 'html';
  element('mail-plain').hidden = part !== 'text';
  element('mail-html').setAttribute('aria-pressed', String(part === 'html'));
  element('mail-text').setAttribute('aria-pressed', String(part === 'text'));
}

element('mail-close').addEventListener('click', () => element('mail').close());
element('mail-html').addEventListener('click', () => choose('html'));
element('mail-text').addEventListener('click', () => choose('text'));
