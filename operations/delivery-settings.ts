/**
 * Gives the settings of a GitHub environment to the steps that follow (.github/actions/stage): reads its variables as
 * JSON from VARIABLES, and appends to the file that GITHUB_ENV names.
 */
import { appendFileSync } from 'node:fs';

/** Names that the templates and scripts of a deployment read (docs/deploying.md). */
const setting = /^SHOP_[A-Z_]+$/;

/**
 * The lines of settings for GITHUB_ENV, with `defaults` for what is not set. What is set to nothing stays unset: the
 * compiler of templates would take it for a value, and leave out the default.
 * @throws Error for a value of several lines, which would set variables of its own
 */
export function settingLines(
  variables: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): string[] {
  const given = Object.entries(variables).filter(
    ([name, value]) => setting.test(name) && value.trim() !== '',
  );
  return Object.entries({ ...defaults, ...Object.fromEntries(given) }).map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw new Error(`${name} has several lines`);
    return `${name}=${value}`;
  });
}

if (import.meta.main) {
  const { VARIABLES = '{}', RUNBOOKS = '', GITHUB_ENV = '/dev/stdout' } = process.env;
  const lines = settingLines(JSON.parse(VARIABLES), RUNBOOKS === '' ? {} : { SHOP_RUNBOOKS: RUNBOOKS });
  appendFileSync(GITHUB_ENV, lines.map((line) => `${line}\n`).join(''));
  console.log(lines.join('\n'));
}
