import { appendFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../shared/ids.ts';

/** A mail that SES would have sent. */
export type Mail = {
  id: string;
  /** ISO 8601. */
  receivedAt: string;
  from: string;
  to: string[];
  subject: string;
  text?: string;
  html?: string;
  /** The function that sent it. */
  sender: string;
};

/** Stores the shop's mails in memory and as lines of one file. */
export class Mailbox {
  readonly #file: string;
  readonly #mails: Mail[];

  private constructor(file: string, mails: Mail[]) {
    this.#file = file;
    this.#mails = mails;
  }

  /** Opens the mailbox with its stored messages; creates a missing folder. */
  static async open(folder: string): Promise<Mailbox> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'mails.jsonl');
    await appendFile(file, '');
    const written = await readFile(file, 'utf8');
    const end = written.lastIndexOf('\n') + 1;
    // An incomplete last line belongs to a message that was never confirmed.
    if (end < written.length) await writeFile(file, written.slice(0, end));
    const lines = written.slice(0, end).split('\n').slice(0, -1);
    return new Mailbox(
      file,
      lines.map((line) => JSON.parse(line) as Mail),
    );
  }

  /** Stores a message. Synchronously: the thread pool, or a file per message, would cost ten times as much. */
  add(message: Omit<Mail, 'id' | 'receivedAt'>): Mail {
    const mail: Mail = { id: newId(), receivedAt: new Date().toISOString(), ...message };
    appendFileSync(this.#file, `${JSON.stringify(mail)}\n`);
    this.#mails.push(mail);
    return mail;
  }

  /** Oldest first. */
  list(): readonly Mail[] {
    return this.#mails;
  }

  get(id: string): Mail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }
}
