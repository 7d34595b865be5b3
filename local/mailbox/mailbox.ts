import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
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

/** What leaves the shop by mail or text message: one JSON file for each in a folder, and in memory. */
export class Mailbox {
  readonly #folder: string;
  #mails: Mail[] = [];
  readonly #listeners = new Set<(mail: Mail) => void>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the mailbox with what it held before; the folder is made when missing. */
  static async open(folder: string): Promise<Mailbox> {
    const mailbox = new Mailbox(folder);
    await mkdir(folder, { recursive: true });
    const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    mailbox.#mails = await Promise.all(
      files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as Mail),
    );
    // Ids are in the order of arrival, which times are not: two mails may come in one millisecond.
    mailbox.#mails.sort((a, b) => a.id.localeCompare(b.id));
    return mailbox;
  }

  /**
   * Takes a message in; resolved once it is in its file. Written in this thread: the way through the thread pool
   * costs several times what the file does.
   */
  async add(message: Omit<Mail, 'id' | 'receivedAt'>): Promise<Mail> {
    const mail: Mail = { id: newId(), receivedAt: new Date().toISOString(), ...message };
    writeFileSync(this.#fileOf(mail.id), JSON.stringify(mail, null, 2));
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
    const mails = this.#mails;
    this.#mails = [];
    await Promise.all(mails.map((mail) => rm(this.#fileOf(mail.id), { force: true })));
  }

  #fileOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
