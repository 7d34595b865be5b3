/**
 * Passes the settings of a GitHub environment to the following steps (.github/actions/stage): reads its variables as JSON
 * from VARIABLES, and appends them to the file that GITHUB_ENV names.
 */
import { appendFileSync } from 'node:fs';
import { runCommand } from './command.ts';

/** Settings that templates and commands read (docs/deploying.md). */
const setting = /^SHOP_[A-Z_]+$/;

/**
 * The lines for GITHUB_ENV, with `defaults` for unset variables. Empty variables are omitted, because the template
 * compiler would use them instead of its defaults.
 * @throws Error for a value with several lines, which could set other variables
 */
export function settingLines(
  variables: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): string[] {
  const given = Object.entries(variables).filter(
    ([name, value]) => setting.test(name) && value.trim() !== '',
  );
  return Object.entries({ ...defaults, ...Object.fromEntries(given) }).map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw new Error(`${name} must not have several lines`);
    return `${name}=${value}`;
  });
}

const help =
  'node operations/delivery-settings.ts   reads VARIABLES, RUNBOOKS and GITHUB_ENV from the environment';

if (import.meta.main)
  await runCommand(help, {}, () => {
    const { VARIABLES = '{}', RUNBOOKS = '', GITHUB_ENV = '/dev/stdout' } = process.env;
    const lines = settingLines(JSON.parse(VARIABLES), RUNBOOKS === '' ? {} : { SHOP_RUNBOOKS: RUNBOOKS });
    appendFileSync(GITHUB_ENV, lines.map((line) => `${line}\n`).join(''));
    console.log(lines.join('\n'));
  });
