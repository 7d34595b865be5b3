import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mailbox } from './mailbox.ts';

const folder = await mkdtemp(join(tmpdir(), 'mails-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

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
