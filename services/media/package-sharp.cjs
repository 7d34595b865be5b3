const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } = require('node:fs');
const { arch, platform } = require('node:os');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..', '..');
/** serverless-esbuild adds the content of this folder to the bundle of process-image only. */
const onlyProcessImage = join(__dirname, '.esbuild', '.build', '__only_process-image');
const cpuOf = { arm64: 'arm64', x86_64: 'x64' };

/**
 * Adds sharp's native library for Lambda's architecture (SHOP_ARCHITECTURE) to the bundle of process-image before
 * serverless-esbuild zips it. The library for this machine's architecture is in node_modules; for another one npm
 * installs it into .cache from the project's lock file, whose hashes it verifies.
 */
module.exports = class PackageSharpPlugin {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    const packageSharp = () => this.packageSharp();
    this.hooks = {
      'before:package:createDeploymentArtifacts': packageSharp,
      'before:deploy:function:packageFunction': packageSharp,
    };
  }

  packageSharp() {
    const cpu = cpuOf[this.serverless.service.provider.architecture];
    const modules = this.modulesFor(cpu);
    const target = join(onlyProcessImage, 'node_modules');
    rmSync(target, { recursive: true, force: true });
    for (const name of packagesOf(modules, cpu)) {
      // Lambda needs neither the sources nor the headers of some packages.
      const filter = (path) => !/\/(src|install|include)$/.test(path.slice(modules.length));
      cpSync(join(modules, name), join(target, name), { recursive: true, dereference: true, filter });
    }
  }

  modulesFor(cpu) {
    const own = join(root, 'node_modules');
    if (existsSync(join(own, '@img', `sharp-linux-${cpu}`))) return own;
    const folder = join(root, '.cache', 'sharp', `${lockedSharp()}-linux-${cpu}`);
    if (!existsSync(folder)) {
      this.log.notice(`installing sharp for linux ${cpu} with npm (this machine is ${platform()} ${arch()})`);
      install(folder, cpu);
    }
    return join(folder, 'node_modules');
  }
};

/**
 * Installs the project's deployed dependencies for another architecture: `npm ci` in a copy of the manifest and the lock
 * file, so that every package has the hash that the lock file states. The folder exists only when it is complete.
 * @throws Error when npm fails, with the end of its output, or omits the library
 */
function install(folder, cpu) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(root, file), join(work, file));
  const flags = [
    '--os=linux',
    `--cpu=${cpu}`,
    '--libc=glibc',
    '--omit=dev',
    '--ignore-scripts',
    '--prefer-offline',
  ];
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', ...flags], { cwd: work, stdio: 'pipe' });
    // npm omits an optional package without a message when its hash or its download is wrong.
    const modules = join(work, 'node_modules');
    const omitted = packagesOf(modules, cpu).filter((name) => !existsSync(join(modules, name)));
    if (omitted.length > 0)
      throw new Error(`it omitted ${omitted.join(', ')}, whose hash in package-lock.json may not match`);
    renameSync(work, folder);
  } catch (cause) {
    rmSync(work, { recursive: true, force: true });
    throw new Error(
      `npm cannot install sharp for linux ${cpu}: ${String(cause.stderr ?? cause.message)
        .trim()
        .slice(-500)}\n` +
        `Package on a machine with access to the npm registry, or for this machine's own architecture ` +
        `(SHOP_ARCHITECTURE=arm64 or x86_64).`,
      { cause },
    );
  }
}

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Identifies the locked versions of sharp and its native packages. */
function lockedSharp() {
  const { packages } = readJson(root, 'package-lock.json');
  const locked = Object.entries(packages).filter(([path]) => /^node_modules\/(sharp|@img\/)/.test(path));
  return createHash('sha256').update(JSON.stringify(locked)).digest('hex').slice(0, 16);
}

/** sharp, its dependencies, and its native packages for Lambda. */
function packagesOf(modules, cpu) {
  const { dependencies } = readJson(modules, 'sharp', 'package.json');
  return [
    'sharp',
    ...Object.keys(dependencies),
    `@img/sharp-linux-${cpu}`,
    `@img/sharp-libvips-linux-${cpu}`,
  ];
}
