import { compose } from './mail.ts';

const content = { subject: 'News', greeting: 'Hello Ada,', paragraphs: ['first', 'second'] };

describe('a mail', () => {
  test('has the same content in both forms', () => {
    const { text, html } = compose({ ...content, list: ['one', 'two'] });
    expect(text).toBe('Hello Ada,\n\nfirst\n\nsecond\n\n- one\n- two\n');
    expect(html).toContain('<p>first</p>\n<p>second</p>\n<ul><li>one</li><li>two</li></ul>');
  });

  test('escapes markup in names', () => {
    const { text, html } = compose({ ...content, greeting: `Hello <img src=x onerror="a('b')"> & co,` });
    expect(html).toContain('Hello &lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; co,');
    expect(html).not.toContain('<img');
    expect(text).toContain('<img');
  });

  test('has a subject of one line', () => {
    expect(compose({ ...content, subject: 'Order\r\nBcc: other@example.com' }).subject).toBe(
      'Order Bcc: other@example.com',
    );
  });

  test('without a list has none', () => {
    expect(compose(content).html).not.toContain('<ul>');
  });
});
