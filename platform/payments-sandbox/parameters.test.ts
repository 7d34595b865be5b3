import { parseForm } from './parameters.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseForm(text)));

describe('a form', () => {
  test('nests by brackets and omits empty values', () => {
    expect(plain('amount=1&metadata[order_id]=a%26b&metadata[n]=2&limit=')).toEqual({
      amount: '1',
      metadata: { order_id: 'a&b', n: '2' },
    });
  });

  test('treats __proto__ as an ordinary name', () => {
    parseForm('__proto__[polluted]=1&constructor[prototype]=1');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(['a[b=1', '[a]=1', 'a[b]c=1', 'a=1&a[b]=2', 'a[b]=2&a=1', 'a[b][c]=1', 'a[]=1'])(
    'refuses %s',
    (text) => {
      expect(() => parseForm(text)).toThrow('Invalid parameter name');
    },
  );
});
