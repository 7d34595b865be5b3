import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from './ministack.ts';
import { nodeFirst, run } from './processes.ts';

/** No command of the proof takes longer than this on two cores; one that does hangs. */
const commandTimeoutMs = 600_000;

/** Where the proof works: the project, a folder for its data and logs, and how it runs commands. */
export class Workplace {
  readonly root: string;
  readonly directory: string;
  /** What every command finds in its environment; the emulator and the database add to it as they start. */
  readonly environment: Record<string, string>;

  /** @param beside a place whose data, logs and settings are shared: the project here is another copy of it */
  constructor(root: string, beside?: Workplace) {
    this.root = root;
    this.directory = beside?.directory ?? mkdtempSync(join(tmpdir(), 'prove-deploy-'));
    if (beside) {
      this.environment = { ...beside.environment, PATH: nodeFirst(root) };
      return;
    }
    this.environment = {
      ...withoutSettings(process.env),
      PATH: nodeFirst(root),
      // The emulator runs functions on this machine, so native code must be this machine's.
      SHOP_ARCHITECTURE: process.arch === 'x64' ? 'x86_64' : 'arm64',
      // Look at the stack's progress twice a second; the default of 5 s is made for AWS.
      SLS_AWS_MONITORING_FREQUENCY: '500',
    };
  }

  folder(name: string): string {
    return join(this.directory, name);
  }

  /** Lets every later command take the emulator for AWS. */
  useEmulator({ environment }: Emulator): void {
    Object.assign(this.environment, environment);
  }

  /** Runs a command of the README for a stage. Throws with the end of its output when it fails. */
  async command(name: 'sls' | 'oslsc', args: string[], cwd: string, stage = 'dev'): Promise<void> {
    await this.#run(name, [...args, '--stage', stage], cwd, {});
  }

  /** Runs an npm script and answers its standard output. */
  async script(name: string, args: string[]): Promise<string> {
    const outFile = this.folder(`${name}.out`);
    await this.#run('npm', ['run', '--silent', name, '--', ...args], this.root, {}, outFile);
    return readFileSync(outFile, 'utf8');
  }

  /**
   * Runs one of Jest's projects with so many files at once, and prints its totals; suites that need the local
   * platform's own controls are left out.
   */
  async jest(project: string, atOnce: number, environment: Record<string, string>): Promise<void> {
    const left = ['\\.local\\.e2e\\.test\\.ts$', '/node_modules/'];
    const logFile = await this.#run(
      'jest',
      ['--selectProjects', project, '--maxWorkers', String(atOnce), '--testPathIgnorePatterns', ...left],
      this.root,
      { NODE_OPTIONS: '--experimental-vm-modules', ...environment },
    );
    const totals = readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => /^Tests?( Suites)?:/.test(line));
    console.log(totals.join('\n'));
  }

  /** Throws the data away. */
  clear(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #run(
    command: string,
    args: string[],
    cwd: string,
    environment: Record<string, string>,
    outFile?: string,
  ): Promise<string> {
    const env = { ...this.environment, ...environment };
    const logFile = this.folder(
      `${command}-${args
        .join('-')
        .replaceAll(/[^\w-]/g, '')
        .slice(0, 40)}.log`,
    );
    await run({
      ...{ command, args, cwd, env, logFile, timeoutMs: commandTimeoutMs },
      ...(outFile === undefined ? {} : { outFile }),
    });
    return logFile;
  }
}

/** The caller's environment without what would lead the commands to a real account or to other settings. */
function withoutSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !/^(AWS_|SHOP_|E2E_|CONTRACT_|SLS_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
