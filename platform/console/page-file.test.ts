import { pageFile } from './page-file.ts';

describe('a file of the console', () => {
  test('may load nothing from other origins except pictures', () => {
    const policy = pageFile('index.html', 'http://127.0.0.1:3002')?.headers['Content-Security-Policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("img-src 'self' data: http://127.0.0.1:3002;");
  });

  test('is never outside the page folder', () => {
    for (const name of ['../page-file.ts', 'page.test.ts', 'missing.js', '..', 'main.js/..'])
      expect(pageFile(name)).toBeUndefined();
  });
});
