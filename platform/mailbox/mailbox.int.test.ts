import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mailbox } from './mailbox.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mails-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('messages are listed in order and survive a restart', async () => {
  const mailbox = await Mailbox.open(folder);
  const mail = mailbox.add({ kind: 'mail', to: ['ann@example.org'], sender: 'on-customer-event' });
  const sms = mailbox.add({ kind: 'sms', to: ['+436601234567'], sender: 'on-customer-event' });
  expect(mailbox.list()).toEqual([mail, sms]);
  expect(mailbox.get(sms.id)).toEqual(sms);
  expect((await Mailbox.open(folder)).list()).toEqual([mail, sms]);
});

test('an incomplete last line is ignored, and the next message is stored', async () => {
  const before = (await Mailbox.open(folder)).list();
  const whole = (await Mailbox.open(folder)).add({
    kind: 'mail',
    to: ['ann@example.org'],
    sender: 'test',
  });
  await appendFile(join(folder, 'mails.jsonl'), '{"id":"cut');
  const next = (await Mailbox.open(folder)).add({
    kind: 'mail',
    to: ['bob@example.org'],
    sender: 'test',
  });
  expect((await Mailbox.open(folder)).list()).toEqual([...before, whole, next]);
});
