import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mailbox } from './mailbox.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mails-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const aMail = (to: string) => ({ from: 'shop@example.org', to: [to], subject: 'Paid', sender: 'test' });

test('mails are listed in order and survive a restart', async () => {
  const mailbox = await Mailbox.open(folder);
  const first = mailbox.add(aMail('ann@example.org'));
  const second = mailbox.add(aMail('bob@example.org'));
  expect(mailbox.list()).toEqual([first, second]);
  expect(mailbox.get(second.id)).toEqual(second);
  expect((await Mailbox.open(folder)).list()).toEqual([first, second]);
});

test('an incomplete last line is ignored, and the next message is stored', async () => {
  const before = (await Mailbox.open(folder)).list();
  const whole = (await Mailbox.open(folder)).add(aMail('ann@example.org'));
  await appendFile(join(folder, 'mails.jsonl'), '{"id":"cut');
  const next = (await Mailbox.open(folder)).add(aMail('bob@example.org'));
  expect((await Mailbox.open(folder)).list()).toEqual([...before, whole, next]);
});
