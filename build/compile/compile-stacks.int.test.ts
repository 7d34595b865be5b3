// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of osls' own variables
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { compileStacks } from './compile-stacks.ts';

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, '../..');
const fixture = 'build/compile/fixtures/a-stack';

/** A template contains its compilation time in the code's S3 key and the API deployment's id. */
const timeless = (template: string): unknown =>
  JSON.parse(
    template
      .replaceAll(/"serverless\/[^"]*\.zip"/g, '"code"')
      .replaceAll(/ApiGatewayDeployment\d+/g, 'ApiGatewayDeployment'),
  );

describe('compiling a stack', () => {
  let folder: string;
  let directory: string;
  beforeAll(async () => {
    await mkdir(join(root, '.cache'), { recursive: true });
    folder = await mkdtemp(join(root, '.cache', 'compile-test-'));
    directory = `${folder.slice(root.length + 1)}/a-stack`;
  });
  beforeEach(async () => {
    delete process.env['FIXTURE_GREETING'];
    await cp(join(root, fixture), join(root, directory), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const compile = () =>
    compileStacks({
      root,
      stage: 'local',
      directories: [directory],
      cacheFolder: join(folder, 'cache'),
    });
  const greetingOf = ([stack]: Awaited<ReturnType<typeof compile>>) => {
    const environment = stack?.template.Resources['GreetLambdaFunction']?.Properties?.['Environment'];
    return (environment as { Variables: { GREETING: string } } | undefined)?.Variables.GREETING;
  };

  it('returns the template of sls package, with a role per function and without code', async () => {
    const [stack] = await compile();
    expect(stack).toMatchObject({
      name: 'shop-fixture-local',
      service: 'shop-fixture',
      directory,
      parameters: { Host: 'localhost' },
    });
    expect(Object.keys(stack?.template.Resources ?? {})).toEqual(
      expect.arrayContaining([
        'GreetLambdaFunction',
        'GreetIamRoleLambdaExecution',
        'PartIamRoleLambdaExecution',
        'ApiGatewayMethodGreetingsNameVarGet',
        'GreetLambdaPermissionApiGateway',
      ]),
    );
  });

  it('returns the same template as sls package, except for the S3 key of the code', async () => {
    const [stack] = await compile();
    const packaged = join(folder, 'packaged');
    await promisify(execFile)(
      process.execPath,
      [require.resolve('serverless/bin/serverless.js'), 'package', '--stage', 'local', '--package', packaged],
      { cwd: join(root, directory) },
    );
    const written = await readFile(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8');
    expect(timeless(JSON.stringify(stack?.template))).toEqual(timeless(written));
  });

  it('returns the cached template while no input has changed', async () => {
    const first = await compile();
    // A template contains its compilation time, so equal templates come from one compilation.
    expect(await compile()).toEqual(first);
  });

  it('compiles again when a file that it reads has changed', async () => {
    const first = await compile();
    await appendFile(join(root, directory, 'functions.yml'), '  timeout: 3\n');
    const [second] = await compile();
    expect(second?.template.Resources['PartLambdaFunction']?.Properties?.['Timeout']).toBe(3);
    expect(first[0]?.template.Resources['PartLambdaFunction']?.Properties?.['Timeout']).toBe(6);
  });

  it('compiles again when an environment variable that it reads has changed', async () => {
    expect(greetingOf(await compile())).toBe('hello');
    process.env['FIXTURE_GREETING'] = 'good day';
    expect(greetingOf(await compile())).toBe('good day');
  });

  it('reports the stack and the message of osls when it does not compile', async () => {
    await writeFile(join(root, directory, 'functions.yml'), 'greet: { handler: "${self:custom.missing}" }\n');
    await expect(compile()).rejects.toThrow(
      new RegExp(`^${directory} does not compile: .*Value not found at "self" source`, 's'),
    );
  });

  it('rejects a misspelt key, for which osls alone only warns', async () => {
    await appendFile(join(root, directory, 'functions.yml'), '  timeOut: 3\n');
    await expect(compile()).rejects.toThrow(/does not compile: .*unrecognized property 'timeOut'/s);
  });
});
