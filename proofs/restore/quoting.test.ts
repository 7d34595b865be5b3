import { quoteForConfiguration, quoteForShell } from './quoting.ts';

test('a path is one shell word, with only PostgreSQL’s placeholder for the file name', () => {
  expect(quoteForShell("/a b/it's 100%/%f")).toBe("'/a b/it'\\''s 100%%/%f'");
});

test('a configuration value keeps its quotes and backslashes', () => {
  expect(quoteForConfiguration("cp 'a\\b' c")).toBe("'cp ''a\\\\b'' c'");
});
