import { mailToken } from '#shared/auth/mail-token.ts';
import {
  ContactUpdated,
  EmailVerificationRequested,
  KnownEmailGiven,
  PasswordChanged,
  PasswordResetRequested,
  StaffInvited,
} from '#shared/events/users.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { mailsTo } from '#shared/testing/mails.ts';
import {
  aCustomer,
  type Customer,
  cancelled,
  notificationsService,
  paid,
  registered,
  shipped,
  testKey,
} from '../../testing/notifications-service.ts';

const notifications = await notificationsService();

async function aKnownCustomer() {
  const customer = aCustomer();
  await notifications.deliver(registered(customer));
  return customer;
}

const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);

describe('a customer gets a mail', () => {
  test('after registration', async () => {
    const customer = await aKnownCustomer();
    const [mail] = await mailsTo(customer.email);
    expect(mail).toMatchObject({ from: 'orders@shop.example', to: [customer.email], subject: 'Welcome' });
    expect(mail?.text).toContain('Hello Ada Lovelace,');
    expect(mail?.html).toContain('<p>Hello Ada Lovelace,</p>');
  });

  test.each([
    ['an order is paid', paid, 'Your order 2026-000042', '25.50 EUR'],
    ['it is shipped', shipped, 'Your order 2026-000042 is on its way', 'Tracking number: XY 123'],
    ['it is cancelled', cancelled, 'Your order 2026-000042 was cancelled', 'the payment was declined'],
  ])('when %s', async (_, event, subject, words) => {
    const customer = await aKnownCustomer();
    expect(await notifications.deliver(event(customer))).toEqual([]);
    const mail = (await mailsTo(customer.email)).at(-1);
    expect(mail?.subject).toBe(subject);
    expect(mail?.text).toContain(words);
    expect(mail?.html).toContain(words);
  });

  test('at the newest address, whatever the order of the events', async () => {
    const customer = await aKnownCustomer();
    const contactAt = (email: string, sequence: number) =>
      anEvent(ContactUpdated, { ...customer, email }, { sequence });
    const [newest, older] = [aCustomer().email, aCustomer().email];
    await notifications.deliver(contactAt(newest, 3));
    await notifications.deliver(contactAt(older, 2));
    await notifications.deliver(paid(customer));
    expect(await subjectsTo(newest)).toEqual(['Your order 2026-000042']);
    expect(await subjectsTo(older)).toEqual([]);
  });

  test('for each event of a batch', async () => {
    const customer = await aKnownCustomer();
    expect(await notifications.deliver(paid(customer), shipped(customer), cancelled(customer))).toEqual([]);
    expect(await subjectsTo(customer.email)).toHaveLength(4);
  });
});

describe('mails with a token', () => {
  const requested = ({ userId, email }: Customer, purpose: 'verify-email' | 'change-email') =>
    anEvent(EmailVerificationRequested, { userId, email, tokenId: newId(), purpose });
  const resetting = ({ userId, email }: Customer) =>
    anEvent(PasswordResetRequested, { userId, email, tokenId: newId() });
  const inviting = ({ userId, email }: Customer) =>
    anEvent(StaffInvited, { userId, email, tokenId: newId() });

  test.each([
    ['verify-email', 'confirm-address', (to: Customer) => requested(to, 'verify-email')],
    ['change-email', 'confirm-new-address', (to: Customer) => requested(to, 'change-email')],
    ['reset-password', 'reset-password', resetting],
    ['invitation', 'accept-invitation', inviting],
  ] as const)('for %s link to the page %s, with the token of the id', async (purpose, page, event) => {
    const customer = aCustomer();
    const { data, ...envelope } = event(customer);
    expect(await notifications.deliver({ ...envelope, data })).toEqual([]);
    const [mail] = await mailsTo(customer.email);
    const token = mailToken(testKey, purpose, data.tokenId);
    expect(mail!.text).toContain(`https://www.shop.example/${page}#token=${token}\n\nCode: ${token}`);
    expect(mail!.html).toContain(token);
  });

  test('are the only ones to an address that is not confirmed, and contain no text of users', async () => {
    const customer = aCustomer({ name: 'Buy cheap watches' });
    await notifications.deliver(requested(customer, 'verify-email'));
    expect(await notifications.deliver(paid(customer))).toEqual([0]);
    const mails = await mailsTo(customer.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Confirm your e-mail address']);
    expect(mails[0]!.text).not.toContain('watches');
  });

  test('go to the address that the event names, not to a newer one of the contact', async () => {
    const customer = await aKnownCustomer();
    const newer = aCustomer().email;
    await notifications.deliver(anEvent(ContactUpdated, { ...customer, email: newer }, { sequence: 2 }));
    await notifications.deliver(resetting(customer));
    expect(await subjectsTo(customer.email)).toContain('Choose a new password');
    expect(await subjectsTo(newer)).toEqual([]);
  });
});

describe('the owner of an account is told', () => {
  test('at the previous address that the account has another one', async () => {
    const customer = await aKnownCustomer();
    const moved = { ...customer, email: aCustomer().email, previousEmail: customer.email };
    await notifications.deliver(anEvent(ContactUpdated, moved, { sequence: 2 }));
    expect(await subjectsTo(customer.email)).toEqual(['Welcome', 'Your e-mail address was changed']);
    expect((await mailsTo(customer.email)).at(-1)!.text).not.toContain(moved.email);
    expect(await subjectsTo(moved.email)).toEqual([]);
  });

  test.each([
    ['that the password was changed', PasswordChanged, 'Your password was changed'],
    ['that somebody gave the address', KnownEmailGiven, 'You already have an account'],
  ] as const)('%s', async (_, definition, subject) => {
    const customer = await aKnownCustomer();
    const { userId, email } = customer;
    await notifications.deliver(anEvent(definition, { userId, email }));
    expect(await subjectsTo(customer.email)).toEqual(['Welcome', subject]);
  });
});

describe('one mail is sent per event', () => {
  test.each([
    ['registration', registered],
    ['a changed password', ({ userId, email }: Customer) => anEvent(PasswordChanged, { userId, email })],
    ['payment', paid],
    ['shipment', shipped],
    ['cancellation', cancelled],
  ])('when %s is delivered twice', async (_, event) => {
    const customer = await aKnownCustomer();
    const before = (await mailsTo(customer.email)).length;
    const same = event(customer);
    expect(await notifications.deliver(same)).toEqual([]);
    expect(await notifications.deliver(same)).toEqual([]);
    expect(await mailsTo(customer.email)).toHaveLength(before + 1);
  });

  test('when it is delivered ten times at once; early duplicates fail and are delivered again', async () => {
    const customer = await aKnownCustomer();
    const event = paid(customer);
    const failures = await Promise.all(Array.from({ length: 10 }, () => notifications.deliver(event)));
    expect(failures.flat().length).toBeLessThan(10);
    expect(await notifications.deliver(event)).toEqual([]);
    expect(await subjectsTo(customer.email)).toEqual(['Welcome', 'Your order 2026-000042']);
  });
});

describe('an order of a user whose contact has not arrived', () => {
  test('fails alone and is mailed once the contact is stored', async () => {
    const [known, unknown] = [await aKnownCustomer(), aCustomer()];
    const early = paid(unknown);
    expect(await notifications.deliver(paid(known), early)).toEqual([1]);
    expect(await subjectsTo(known.email)).toHaveLength(2);
    await notifications.deliver(registered(unknown));
    expect(await notifications.deliver(early)).toEqual([]);
    expect(await subjectsTo(unknown.email)).toEqual(['Welcome', 'Your order 2026-000042']);
  });

  test('is mailed at once if the contact is in the same batch', async () => {
    const customer = aCustomer();
    expect(await notifications.deliver(paid(customer), registered(customer))).toEqual([]);
    expect((await subjectsTo(customer.email)).toSorted()).toEqual(['Welcome', 'Your order 2026-000042']);
  });
});

test('a message that is not a known event fails alone', async () => {
  const customer = aCustomer();
  const poison = { ...registered(customer), type: 'SOMETHING_ELSE' };
  expect(await notifications.deliver(poison as never, registered(customer))).toEqual([0]);
  expect(await subjectsTo(customer.email)).toEqual(['Welcome']);
});
