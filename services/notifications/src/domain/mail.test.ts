import { compose } from './mail.ts';

const words = { subject: 'News', greeting: 'Hello Ada,', paragraphs: ['first', 'second'] };

describe('a mail', () => {
  test('says the same in both forms', () => {
    const { text, html } = compose({ ...words, list: ['one', 'two'] });
    expect(text).toBe('Hello Ada,\n\nfirst\n\nsecond\n\n- one\n- two\n');
    expect(html).toContain('<p>first</p>\n<p>second</p>\n<ul><li>one</li><li>two</li></ul>');
  });

  test('shows what somebody chose as a name, and runs none of it', () => {
    const { text, html } = compose({ ...words, greeting: `Hello <img src=x onerror="a('b')"> & co,` });
    expect(html).toContain('Hello &lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; co,');
    expect(html).not.toContain('<img');
    expect(text).toContain('<img');
  });

  test('has one line as its subject', () => {
    expect(compose({ ...words, subject: 'Order\r\nBcc: other@example.com' }).subject).toBe(
      'Order Bcc: other@example.com',
    );
  });

  test('without a list has none', () => {
    expect(compose(words).html).not.toContain('<ul>');
  });
});
