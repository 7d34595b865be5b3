const { execFileSync } = require('node:child_process');
const { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { arch, platform } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
/** serverless-esbuild adds the content of this folder to the bundle of process-image only. */
const onlyProcessImage = join(__dirname, '.esbuild', '.build', '__only_process-image');
const cpuOf = { arm64: 'arm64', x86_64: 'x64' };

/**
 * Adds sharp's native library for Lambda's architecture (SHOP_ARCHITECTURE) to the bundle of process-image before
 * serverless-esbuild zips it. The library for this machine's architecture is in node_modules; for another one npm
 * installs it into .cache, from npm's cache if possible.
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
    const { version } = manifestOf(own, 'sharp');
    const folder = join(root, '.cache', 'sharp', `${version}-linux-${cpu}`);
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, '@img', `sharp-linux-${cpu}`))) return modules;
    this.log.notice(
      `installing sharp ${version} for linux ${cpu} with npm (this machine is ${platform()} ${arch()})`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ private: true, dependencies: { sharp: version } }),
    );
    const flags = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc', '--prefer-offline', '--ignore-scripts'];
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...flags], {
        cwd: folder,
        stdio: 'pipe',
      });
    } catch (cause) {
      throw new Error(
        `npm cannot install sharp for linux ${cpu}. Package on a machine with access to the npm registry, or for ` +
          `this machine's own architecture (SHOP_ARCHITECTURE=arm64 or x86_64).`,
        { cause },
      );
    }
    return modules;
  }
};

const manifestOf = (modules, name) => JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));

/** sharp, its dependencies, and its native packages for Lambda. */
function packagesOf(modules, cpu) {
  const { dependencies } = manifestOf(modules, 'sharp');
  return [
    'sharp',
    ...Object.keys(dependencies),
    `@img/sharp-linux-${cpu}`,
    `@img/sharp-libvips-linux-${cpu}`,
  ];
}
