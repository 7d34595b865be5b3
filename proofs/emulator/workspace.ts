import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastLines, runLogged } from './run-logged.ts';

/** The slowest command, a deployment of every stack, takes a few minutes on two cores. */
const commandTimeoutMs = 600_000;

/** A copy of the project with a folder for data and logs, and the environment in which its commands run. */
export class Workspace {
  readonly root: string;
  readonly folder: string;
  /** The emulator and the fixtures add to it when they start. */
  readonly environment: Record<string, string>;

  /** @param parent a workspace whose folder and settings a second copy of the project shares */
  constructor(root: string, parent?: Workspace) {
    this.root = root;
    this.folder = parent?.folder ?? mkdtempSync(join(tmpdir(), 'prove-deploy-'));
    this.environment = {
      ...(parent?.environment ?? {
        ...withoutSettings(process.env),
        // The emulator runs functions on this machine, so native code must match it.
        SHOP_ARCHITECTURE: process.arch === 'x64' ? 'x86_64' : 'arm64',
        // Poll a stack's progress twice a second; the default is 5 s.
        SLS_AWS_MONITORING_FREQUENCY: '500',
      }),
      PATH: searchPath(root),
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs a deployment command for a stage. @throws Error with the end of its output when it fails */
  async command(name: 'sls' | 'oslsc', args: string[], cwd: string, stage = 'dev'): Promise<void> {
    await this.#run(name, [...args, '--stage', stage], cwd);
  }

  /** Runs an npm script and returns its standard output. */
  script(name: string, args: string[]): Promise<string> {
    return this.#run('npm', ['run', '--silent', name, '--', ...args], this.root);
  }

  /** Runs a Jest project without the suites that need the local platform's control interface; prints its totals. */
  async jest(project: string, maxWorkers: number, environment: Record<string, string>): Promise<void> {
    const ignored = ['\\.local\\.e2e\\.test\\.ts$', '/node_modules/'];
    const args = ['--selectProjects', project, '--maxWorkers', `${maxWorkers}`];
    const command = [...args, '--testPathIgnorePatterns', ...ignored];
    const env = { NODE_OPTIONS: '--experimental-vm-modules', ...environment };
    await this.#run('jest', command, this.root, env);
    const totals = /^Tests?( Suites)?:/;
    const lines = lastLines(this.#logFile('jest', command)).split('\n');
    console.log(lines.filter((line) => totals.test(line)).join('\n'));
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(command: string, args: string[], cwd: string, environment: Record<string, string> = {}) {
    const logFile = this.#logFile(command, args);
    const env = { ...this.environment, ...environment };
    return runLogged({ command, args, cwd, env, logFile, timeoutMs: commandTimeoutMs });
  }

  #logFile(command: string, args: string[]): string {
    const words = args.join('-').replaceAll(/[^\w-]/g, '');
    return this.path(`${command}-${words.slice(0, 40)}.log`);
  }
}

/** A search path that begins with this process's Node and the project's commands. */
export const searchPath = (root: string): string =>
  [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(':');

/** The environment without variables that select a real account or other settings. */
function withoutSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !/^(AWS_|SHOP_|E2E_|CONTRACT_|SLS_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
