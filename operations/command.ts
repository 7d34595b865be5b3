import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** The command was called with missing or invalid options. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs an operator command as this process's only task. Exits with 0, with 2 for invalid options, or with 1 for any
 * other error; an error is one line on standard error.
 */
export async function runCommand<const O extends Options>(
  help: string,
  options: O,
  run: (values: Values<O>) => Promise<void> | void,
): Promise<void> {
  try {
    if (process.argv.includes('--help')) console.log(help);
    else await run(parseArgs({ options }).values as Values<O>);
  } catch (error) {
    console.error(messageOf(error));
    const isUsage = error instanceof UsageError || codeOf(error).startsWith('ERR_PARSE_ARGS');
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** The first line of an error's message, with its cause, or its code if it has no message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message.split('\n')[0] || codeOf(error) || error.name;
  return error.cause instanceof Error && !own.includes(error.cause.message)
    ? `${own}: ${messageOf(error.cause)}`
    : own;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
