import { keyPermissions, permissions } from '#shared/auth/permissions.ts';
import { newId } from '#shared/ids.ts';
import { effectivePermissions, isApiKey, newSecret, parseApiKey } from './api-key.ts';

describe('an API key', () => {
  test('is read back, and contains the id', () => {
    const id = newId();
    const { key, secretHash } = newSecret(id);
    expect(key).toMatch(/^shop_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
    expect(parseApiKey(key)).toEqual({ id, secretHash });
    expect(isApiKey(key)).toBe(true);
  });

  test.each([
    ['', 'empty'],
    ['shop_', 'without parts'],
    [`shop_${'0'.repeat(32)}_${'a'.repeat(42)}`, 'too short'],
    [`shop_${'0'.repeat(32)}_${'a'.repeat(44)}`, 'too long'],
    [`shop_${'G'.repeat(32)}_${'a'.repeat(43)}`, 'with another id'],
    [`shop_${'0'.repeat(32)}_${'a'.repeat(42)}.`, 'with another character'],
    [`shop_${'0'.repeat(32)}_${'a'.repeat(43)}\n`, 'with a line break'],
  ])('is not read from %j', (key) => {
    expect(parseApiKey(key)).toBeUndefined();
  });

  test('does what it was given, as far as its creator may do it now', () => {
    const given = ['catalogue:write', 'reports:read', 'unknown'];
    expect([...effectivePermissions(given, ['admin'])].toSorted()).toEqual([
      'catalogue:write',
      'reports:read',
    ]);
    expect([...effectivePermissions(given, ['customer', 'catalogue'])]).toEqual(['catalogue:write']);
    expect([...effectivePermissions(given, ['customer'])]).toEqual([]);
  });

  test('can have every permission but those of an account, of placing orders and of keys', () => {
    expect(permissions.filter((permission) => !keyPermissions.includes(permission)).toSorted()).toEqual([
      'account:read',
      'account:write',
      'api-keys:manage',
      'orders:place',
    ]);
  });

  test('with every permission fits into the details of an audit entry', () => {
    expect(keyPermissions.join(',').length).toBeLessThanOrEqual(500);
  });
});
