import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDataFolder } from './data-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'data-folder-'));
afterAll(() => rmSync(parent, { recursive: true }));

const modeOf = (folder: string) => (statSync(folder).mode & 0o777).toString(8);
const aFolder = (name: string, files: string[], mode: number) => {
  const folder = join(parent, name);
  mkdirSync(folder);
  for (const file of files) writeFileSync(join(folder, file), '');
  chmodSync(folder, mode);
  return folder;
};

describe('the data folder', () => {
  test('is created for its owner alone, with the folders above it', () => {
    const folder = join(parent, 'above', 'new');
    closeDataFolder(folder);
    expect([modeOf(folder), modeOf(join(parent, 'above'))]).toEqual(['700', '700']);
  });

  test.each([
    ['an empty one', []],
    ['one of an earlier start', ['secrets.json', 'running.json']],
    ["one with a test run's calls", ['calls.json']],
  ])('is closed to other users: %s', (name, files) => {
    const folder = aFolder(name, files, 0o755);
    closeDataFolder(folder);
    expect(modeOf(folder)).toBe('700');
  });

  test('is refused when it contains other files and is open to other users', () => {
    const folder = aFolder('shared', ['thesis.tex'], 0o755);
    expect(() => closeDataFolder(folder)).toThrow('contains other files');
    expect(modeOf(folder)).toBe('755');
    expect(existsSync(join(folder, 'thesis.tex'))).toBe(true);
  });

  test('may contain other files when it is closed already', () => {
    const folder = aFolder('private', ['thesis.tex'], 0o700);
    closeDataFolder(folder);
    expect(modeOf(folder)).toBe('700');
  });
});
