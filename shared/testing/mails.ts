import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail in the mailbox of the test run. */
export type ReceivedMail = { from: string; to: string[]; subject: string; text: string; html: string };

/** The mails to one address, oldest first. */
export async function mailsTo(address: string): Promise<ReceivedMail[]> {
  const folder = process.env['TEST_MAILS_FOLDER'];
  if (folder === undefined)
    throw new Error('TEST_MAILS_FOLDER is missing: run this suite in the Jest project int');
  const lines = (await readFile(join(folder, 'mails.jsonl'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  const mails = lines.map((line) => JSON.parse(line) as ReceivedMail);
  return mails.filter(({ to }) => to.includes(address));
}
