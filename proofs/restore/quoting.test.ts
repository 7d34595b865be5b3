import { inConfiguration, inShell } from './quoting.ts';

test('a path stays one word of the shell, with no code of PostgreSQL in it but the name of the file', () => {
  expect(inShell("/a b/it's 100%/%f")).toBe("'/a b/it'\\''s 100%%/%f'");
});

test('a value of a configuration file keeps its quotes and backslashes', () => {
  expect(inConfiguration("cp 'a\\b' c")).toBe("'cp ''a\\\\b'' c'");
});
