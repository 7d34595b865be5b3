import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail that arrived in the mailbox of the test run. */
export type ReceivedMail = { from: string; to: string[]; subject: string; text: string; html: string };

/** The mails to one address, oldest first. */
export async function mailsTo(address: string): Promise<ReceivedMail[]> {
  const folder = process.env['TEST_MAILS_FOLDER'];
  if (folder === undefined)
    throw new Error('TEST_MAILS_FOLDER is missing: run this suite in the Jest project int');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const mails = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
  );
  return (mails as (ReceivedMail & { receivedAt: string })[])
    .filter(({ to }) => to.includes(address))
    .toSorted((a, b) => a.receivedAt.localeCompare(b.receivedAt));
}
