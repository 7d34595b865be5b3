/**
 * Packages every stack with the very command of a deployment (`sls package`) and prints the size of each function's
 * bundle: `npm run package [-- --stage dev]`. Fails when a stack does not package, a bundle is too large, or a template is
 * not the one that `npm run lint:infra` checks.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { Template } from './deployment.ts';
import { templatesOf, textOf } from './lint-infra/templates.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { root, type Stack, stacks } from './stacks.ts';

/** A cold start loads the bundle. The picture function carries sharp's native library. */
const maxBundleKb = 300;
/** With ioredis, which is only evaluated at the first use of Redis. */
const maxBundleWithRedisKb = 345;
const unbounded = new Set(['process-image']);

const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'dev' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log('npm run package [-- --stage dev]   packages every stack into .cache/packages/<stage>/<stack>');
  process.exit(0);
}

const folderOf = (stack: Stack) => join(root, '.cache', 'packages', values.stage, stack.name);

const results = await mapConcurrently(stacks(), 2, async (stack) => {
  rmSync(folderOf(stack), { recursive: true, force: true });
  const started = performance.now();
  const packaged = await execa(
    'npx',
    ['--no-install', 'sls', 'package', '--stage', values.stage, '--package', folderOf(stack)],
    { cwd: join(root, stack.path), timeout: 180_000, reject: false, all: true },
  );
  console.log(
    `${packaged.failed ? 'FAILED' : 'packaged'}  ${stack.name}  ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (packaged.failed) console.error(`${packaged.shortMessage}\n${packaged.all ?? ''}`);
  return { stack, ok: !packaged.failed };
});

const bundles = results.flatMap(({ stack, ok }) =>
  ok
    ? readdirSync(folderOf(stack))
        .filter((file) => file.endsWith('.zip'))
        .map((file) => ({
          stack: stack.name,
          name: file.replace('.zip', ''),
          limitKb: usesRedis(stack, file.replace('.zip', '')) ? maxBundleWithRedisKb : maxBundleKb,
          kb: statSync(join(folderOf(stack), file)).size / 1024,
        }))
    : [],
);
const compiled = new Map((await templatesOf(values.stage)).map(({ directory, text }) => [directory, text]));
const others = results.filter(({ stack, ok }) => ok && packagedText(stack) !== compiled.get(stack.path));
for (const { stack } of others)
  console.error(`${stack.name}: sls package makes another template than npm run lint:infra has checked`);

/** The template that `sls deploy` would send. */
function packagedText(stack: Stack): string {
  const file = join(folderOf(stack), 'cloudformation-template-update-stack.json');
  return textOf(JSON.parse(readFileSync(file, 'utf8')) as Template);
}

/** Whether a function has the address of Redis. */
function usesRedis(stack: Stack, name: string): boolean {
  const { Resources } = JSON.parse(packagedText(stack)) as Template;
  return Object.values(Resources).some(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' &&
      Properties?.['Handler'] === `src/handlers/${name}.handler` &&
      JSON.stringify(Properties['Environment'] ?? {}).includes('"REDIS_HOST"'),
  );
}

console.log('\nbundles, zipped');
for (const bundle of bundles)
  console.log(
    `${`${bundle.stack}/${bundle.name}`.padEnd(48)} ${bundle.kb.toFixed(0).padStart(7)} KB${isTooLarge(bundle) ? '  TOO LARGE' : ''}`,
  );

function isTooLarge({ name, kb, limitKb }: (typeof bundles)[number]): boolean {
  return kb > limitKb && !unbounded.has(name);
}
const failed = results.some(({ ok }) => !ok);
const tooLarge = bundles.some(isTooLarge);
if (failed) console.error('a stack does not package');
if (tooLarge) console.error(`a bundle is over ${maxBundleKb} KB, or with Redis ${maxBundleWithRedisKb} KB`);
if (failed || tooLarge || others.length > 0) process.exit(1);
