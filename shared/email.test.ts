import { canonicalEmail, emailAddress } from './email.ts';

const parsed = (text: string) => emailAddress.safeParse(text).data;
const longDomain = `${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(57)}.de`;

describe('an address is accepted with', () => {
  test.each([
    ['every character of atext', "a!#$%&'*+/=?^_`{|}~-z@example.com"],
    ['dots and a tag', 'ada.b.c+shop@mail.example.co.uk'],
    ['a local part of 64 characters', `${'l'.repeat(64)}@example.com`],
    ['a label of 63 characters', `a@${'d'.repeat(63)}.com`],
    ['254 characters', `${'l'.repeat(64)}@${longDomain}`],
    ['a hyphen and digits in the domain', 'a@x-1.2u.de'],
  ])('%s', (_, address) => {
    expect(parsed(address)).toBe(address);
  });
});

describe('an address is refused with', () => {
  test.each([
    ['no @', 'example.com'],
    ['nothing before the @', '@example.com'],
    ['a path', 'ada@example.com/evil'],
    ['a query', 'ada@example.com?x=1'],
    ['a fragment', 'ada@example.com#x'],
    ['a backslash', 'ada@example.com\\evil'],
    ['an escaped letter', 'ada@exa%6dple.com'],
    ['a tab in the domain', 'ada@ex\tample.com'],
    ['a line break in the domain', 'ada@ex\nample.com'],
    ['a soft hyphen in the domain', 'ada@ex\u00ADample.com'],
    ['two @', 'a@b@example.com'],
    ['a quoted local part', '"a b"@example.com'],
    ['a dot at the start', '.a@example.com'],
    ['a dot at the end', 'a.@example.com'],
    ['two dots', 'a..b@example.com'],
    ['letters outside ASCII before the @', 'zoë@example.com'],
    ['an address literal', 'a@[192.0.2.1]'],
    ['an IP address', 'a@192.0.2.1'],
    ['one label', 'a@localhost'],
    ['a hyphen at the end of a label', 'a@b-.com'],
    ['a dot at the end of the domain', 'a@example.com.'],
    ['a blank inside', 'a b@example.com'],
    ['a line break', 'a@example.com\nBcc: b@example.com'],
    ['65 characters before the @', `${'l'.repeat(65)}@example.com`],
    ['a label of 64 characters', `a@${'d'.repeat(64)}.com`],
    ['255 characters', `${'l'.repeat(64)}@d${longDomain}`],
  ])('%s', (_, address) => {
    expect(parsed(address)).toBeUndefined();
  });
});

describe('the canonical form', () => {
  test.each([
    ['  Ada@Example.COM\n', 'ada@example.com'],
    ['post@Bücher.example', 'post@xn--bcher-kva.example'],
    ['post@xn--bcher-kva.example', 'post@xn--bcher-kva.example'],
    ['post@ｅｘａｍｐｌｅ.com', 'post@example.com'],
    ['a@例え。jp', 'a@xn--r8jz45g.jp'],
  ])('of %j is %s', (text, canonical) => {
    expect(parsed(text)).toBe(canonical);
    expect(canonicalEmail(canonical)).toBe(canonical);
  });
});
