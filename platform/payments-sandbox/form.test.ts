import { parseForm } from './form.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseForm(text)));

describe('a form', () => {
  test('nests by the brackets of its names', () => {
    expect(plain('amount=1&metadata[order_id]=a%26b&created[gte]=5')).toEqual({
      amount: '1',
      metadata: { order_id: 'a&b' },
      created: { gte: '5' },
    });
  });

  test('counts lists with and without numbers', () => {
    expect(plain('expand[]=a&expand[]=b&types[0]=card')).toEqual({
      expand: { 0: 'a', 1: 'b' },
      types: { 0: 'card' },
    });
  });

  test('takes a hostile name for a field like any other', () => {
    parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(['a[b=1', '[a]=1', 'a[b]c=1', 'a=1&a[b]=2', 'a[b]=2&a=1', `a${'[b]'.repeat(9)}=1`])(
    'refuses %s',
    (text) => {
      expect(() => parseForm(text)).toThrow();
    },
  );
});
