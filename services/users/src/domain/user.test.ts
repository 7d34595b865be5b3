import { changeContact, register } from './user.ts';

const contact = { email: 'ada@example.com', name: 'Ada', locale: 'en' };
const time = new Date('2026-03-01T00:00:00.000Z');
const aUser = () => register('user', contact, ['customer'], time, 'event-1').user;

describe('an account', () => {
  test('begins at version 1 with its first event', () => {
    const { user, events } = register('user', contact, ['customer'], time, 'event-1');
    expect(user).toMatchObject({ ...contact, version: 1, eventCount: 1, roles: ['customer'] });
    expect(events).toMatchObject([{ id: 'event-1', aggregateId: 'user', sequence: 1 }]);
  });

  test('that changes announces its next event at its next version', () => {
    const { user, events } = changeContact(aUser(), { ...contact, name: 'Countess' }, 1, time, 'event-2');
    expect(user).toMatchObject({ name: 'Countess', version: 2, eventCount: 2 });
    expect(events).toMatchObject([{ id: 'event-2', sequence: 2, data: { name: 'Countess' } }]);
  });

  test('that stays the same announces nothing', () => {
    const user = aUser();
    expect(changeContact(user, contact, 1, time, 'event-2')).toEqual({ user, events: [] });
  });

  test('that was changed by somebody else in between is left alone', () => {
    expect(() => changeContact(aUser(), contact, 7, time, 'event-2')).toThrow('has changed');
  });
});
