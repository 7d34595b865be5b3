import { ContactUpdated } from '#shared/events/users.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { mailsTo } from '#shared/testing/mails.ts';
import {
  aCustomer,
  cancelled,
  notificationsService,
  paid,
  registered,
  shipped,
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

describe('one mail is sent per event', () => {
  test.each([
    ['registration', registered],
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
