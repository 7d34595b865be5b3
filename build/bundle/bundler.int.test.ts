// biome-ignore-all lint/suspicious/noTemplateCurlyInString: contains source code as text
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../../shared/testing/eventually.ts';
import { type BundledFunction, type Bundler, startBundler } from './bundler.ts';

const root = resolve(import.meta.dirname, '../..');

describe('bundling', () => {
  let folder: string;
  let directory: string;
  let bundler: Bundler | undefined;
  beforeEach(async () => {
    await mkdir(join(root, '.cache'), { recursive: true });
    folder = await mkdtemp(join(root, '.cache', 'bundle-test-'));
    directory = `${folder.slice(root.length + 1)}/a-stack`;
    await cp(join(root, 'build/compile/fixtures/a-stack'), join(root, directory), { recursive: true });
  });
  afterEach(async () => {
    await bundler?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const start = async () => {
    const functions = ['greet', 'part'].map((key) => ({
      name: `shop-fixture-local-${key}`,
      directory,
      handler: `src/handlers/${key}.handler`,
    }));
    bundler = await startBundler({ root, functions, cacheFolder: join(folder, 'bundles') });
    return bundler;
  };
  const source = (name: string) => join(root, directory, 'src', name);
  const run = async (file: string | undefined, event: object) => {
    const module = (await import(pathToFileURL(file ?? '').href)) as {
      handler: (event: object) => Promise<string>;
    };
    return module.handler(event);
  };

  it('creates one module per handler, named after function and content', async () => {
    const { files } = await start();
    const greet = files.get('shop-fixture-local-greet');
    expect(basename(greet ?? '')).toMatch(/^greet-[0-9a-f]{16}\.mjs$/);
    expect(await run(greet, { name: 'Ada' })).toBe('Hello, Ada');
    expect(await run(files.get('shop-fixture-local-part'), {})).toBe('Goodbye');
  });

  it('reuses bundles while no source has changed', async () => {
    const first = await start();
    const before = await stat(first.files.get('shop-fixture-local-greet')!);
    await first.stop();
    const second = await start();
    const after = await stat(second.files.get('shop-fixture-local-greet')!);
    expect([...second.files]).toEqual([...first.files]);
    expect(after.mtimeMs).toBe(before.mtimeMs);
  });

  it('detects a change from before it started watching', async () => {
    await (await start()).stop();
    await writeFile(source('greeting.ts'), 'export const greeting = (name: string) => `Welcome, ${name}`;');
    const { files } = await start();
    expect(await run(files.get('shop-fixture-local-greet'), { name: 'Ada' })).toBe('Welcome, Ada');
  });

  it('reports the functions whose imports changed', async () => {
    const { watch, files } = await start();
    const seen: BundledFunction[] = [];
    watch(
      (changed) => seen.push(...changed),
      () => undefined,
    );
    await writeFile(source('greeting.ts'), 'export const greeting = (name: string) => `Good day, ${name}`;');
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]?.functionName).toBe('shop-fixture-local-greet');
    expect(files.get('shop-fixture-local-greet')).toBe(seen[0]?.file);
    expect(await run(seen[0]?.file, { name: 'Ada' })).toBe('Good day, Ada');
  });

  it('detects every way of saving a file, repeatedly, also in new and replaced folders', async () => {
    const { watch } = await start();
    const seen: BundledFunction[] = [];
    watch(
      (changed) => seen.push(...changed),
      () => undefined,
    );
    const expectOutput = async (expected: string) => {
      await eventually(async () => expect(await run(seen.at(-1)?.file, { name: 'Ada' })).toBe(expected));
    };
    const greetingOf = (name: string) => `export const greeting = () => '${name}';`;
    const byRename = async (name: string, content: string) => {
      await writeFile(source(`${name}.new`), content);
      await rename(source(`${name}.new`), source(name));
    };
    await byRename('greeting.ts', greetingOf('first'));
    await expectOutput('first');
    await byRename('greeting.ts', greetingOf('second'));
    await expectOutput('second');
    await writeFile(source('greeting.ts'), greetingOf('third'));
    await expectOutput('third');

    await mkdir(source('words/kind'), { recursive: true });
    await writeFile(source('words/kind/hello.ts'), greetingOf('fourth'));
    await byRename('greeting.ts', "export { greeting } from './words/kind/hello.ts';");
    await expectOutput('fourth');
    await byRename('words/kind/hello.ts', greetingOf('fifth'));
    await expectOutput('fifth');

    await cp(source('words'), source('other'), { recursive: true });
    await writeFile(source('other/kind/hello.ts'), greetingOf('sixth'));
    await rename(source('words'), source('old'));
    await rename(source('other'), source('words'));
    await expectOutput('sixth');
    await byRename('words/kind/hello.ts', greetingOf('seventh'));
    await expectOutput('seventh');

    await rename(source('.'), source('../aside'));
    await cp(source('../aside'), source('.'), { recursive: true });
    await byRename('words/kind/hello.ts', greetingOf('eighth'));
    await expectOutput('eighth');
    await byRename('words/kind/hello.ts', greetingOf('ninth'));
    await expectOutput('ninth');
  });

  it('closes every watcher when watching ends', async () => {
    const { watch, stop } = await start();
    const open = () => process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap').length;
    const before = open();
    const ignore = () => undefined;
    const end = watch(ignore, ignore);
    expect(open()).toBeGreaterThan(before);
    end();
    await eventually(() => expect(open()).toBe(before));
    watch(ignore, ignore);
    await stop();
    await eventually(() => expect(open()).toBe(before));
  });

  it('keeps the last good bundles while a source is broken, reports where, and continues once it is fixed', async () => {
    const { watch } = await start();
    const seen: BundledFunction[] = [];
    const failures: string[] = [];
    watch(
      (changed) => seen.push(...changed),
      (error) => failures.push(error.message),
    );
    await writeFile(source('greeting.ts'), 'export const greeting = (');
    await eventually(() => expect(failures[0]).toMatch(/a-stack does not bundle: .*greeting\.ts:1:/));
    expect(seen).toEqual([]);
    await writeFile(source('greeting.ts'), 'export const greeting = () => "mended";');
    await eventually(() => expect(seen).toHaveLength(1));
  });

  it('shares libraries between functions, but not our own modules', async () => {
    const answer =
      'import * as z from "zod"; import { own } from "./own.ts"; export const greeting = () => [z.ZodString, own];';
    await writeFile(source('own.ts'), 'export const own = {};');
    await writeFile(source('greeting.ts'), answer);
    await writeFile(source('handlers/part.ts'), 'export { handler } from "./greet.ts";');
    const { files } = await start();
    const [library, own] = (await run(files.get('shop-fixture-local-greet'), {})) as unknown as object[];
    const [sameLibrary, other] = (await run(files.get('shop-fixture-local-part'), {})) as unknown as object[];
    expect(library).toBe(sameLibrary);
    expect(own).not.toBe(other);
  });

  it('bundles deleted libraries again', async () => {
    await (await start()).stop();
    const bundles = join(folder, 'bundles');
    const libraries = (await readdir(bundles)).find((name) => name.startsWith('libraries-'))!;
    await rm(join(bundles, libraries), { recursive: true });
    await start();
    expect(await readdir(join(bundles, libraries))).toContain('zod.mjs');
  });

  it('names the stack when a handler has no source', async () => {
    await rm(source('handlers/part.ts'));
    await expect(start()).rejects.toThrow(`${directory}: the handler src/handlers/part has no source file`);
    expect((await readdir(join(folder, 'bundles'))).join()).toMatch(/^libraries-[0-9a-f]{16}$/);
  });
});
