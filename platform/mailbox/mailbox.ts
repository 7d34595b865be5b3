import { appendFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../shared/ids.ts';

/** A message that SES or SNS would have sent. */
export type Mail = {
  id: string;
  kind: 'mail' | 'sms';
  /** ISO 8601. */
  receivedAt: string;
  from?: string;
  to: string[];
  cc?: string[];
  bcc?: string[];
  replyTo?: string[];
  subject?: string;
  text?: string;
  html?: string;
  /** The whole message in the form of RFC 5322, when it was sent so. */
  raw?: string;
  /** The function that sent it. */
  sender: string;
};

/** What leaves the shop by mail or text message: in memory, and a line for each in one file of a folder. */
export class Mailbox {
  readonly #file: string;
  #mails: Mail[] = [];
  readonly #listeners = new Set<(mail: Mail) => void>();

  private constructor(file: string) {
    this.#file = file;
  }

  /** Opens the mailbox with what it held before; the folder is made when missing. */
  static async open(folder: string): Promise<Mailbox> {
    await mkdir(folder, { recursive: true });
    const mailbox = new Mailbox(join(folder, 'mails.jsonl'));
    await appendFile(mailbox.#file, '');
    const written = await readFile(mailbox.#file, 'utf8');
    const end = written.lastIndexOf('\n') + 1;
    // A line that lost its end belongs to a message that was never taken.
    if (end < written.length) await writeFile(mailbox.#file, written.slice(0, end));
    const lines = written.slice(0, end).split('\n').slice(0, -1);
    mailbox.#mails = lines.map((line) => JSON.parse(line) as Mail);
    return mailbox;
  }

  /**
   * Takes a message in; resolved once it is in the file. Written in this thread, at the end of one file: the thread
   * pool or a file of its own would cost a message ten times as much.
   */
  async add(message: Omit<Mail, 'id' | 'receivedAt'>): Promise<Mail> {
    const mail: Mail = { id: newId(), receivedAt: new Date().toISOString(), ...message };
    appendFileSync(this.#file, `${JSON.stringify(mail)}\n`);
    this.#mails.push(mail);
    for (const listener of this.#listeners) listener(mail);
    return mail;
  }

  /** Oldest first; those to one address or phone number when it is given. */
  list(filter: { to?: string } = {}): Mail[] {
    const { to } = filter;
    return this.#mails.filter((mail) => to === undefined || mail.to.includes(to));
  }

  get(id: string): Mail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  /** Calls `listener` for every message from now on; the answer ends that. */
  onMail(listener: (mail: Mail) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async clear(): Promise<void> {
    this.#mails = [];
    await writeFile(this.#file, '');
  }
}
