import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mailbox } from './mailbox.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mails-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('messages are announced, listed by address, and there after a restart until they are cleared', async () => {
  const mailbox = await Mailbox.open(folder);
  const seen: string[] = [];
  const leave = mailbox.onMail((mail) => seen.push(mail.id));
  const { id } = await mailbox.add({ kind: 'mail', to: ['ann@example.org'], sender: 'on-customer-event' });
  leave();
  await mailbox.add({ kind: 'sms', to: ['+436601234567'], sender: 'on-customer-event' });
  expect(seen).toEqual([id]);
  expect(mailbox.list({ to: 'ann@example.org' }).map((mail) => mail.id)).toEqual([id]);
  expect((await Mailbox.open(folder)).list()).toEqual(mailbox.list());
  await mailbox.clear();
  expect((await Mailbox.open(folder)).list()).toEqual([]);
});

test('a line that a crash cut off is left out, and the next message is read again', async () => {
  const whole = await (await Mailbox.open(folder)).add({
    kind: 'mail',
    to: ['ann@example.org'],
    sender: 'test',
  });
  await appendFile(join(folder, 'mails.jsonl'), '{"id":"cut');
  const next = await (await Mailbox.open(folder)).add({
    kind: 'mail',
    to: ['bob@example.org'],
    sender: 'test',
  });
  expect((await Mailbox.open(folder)).list()).toEqual([whole, next]);
});
