import { inspect } from 'node:util';
import { logger } from '../lambda/telemetry.ts';

const consoleMethods = ['debug', 'info', 'log', 'warn', 'error'] as const;

/** Everything that is logged while `work` runs, at the most detailed level: of the logger, the console and both streams. */
export async function capturedLog(work: () => Promise<unknown>): Promise<string> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  const methods = consoleMethods.map((name) => console[name]);
  const level = logger.getLevelName();
  const lines: string[] = [];
  for (const stream of streams) stream.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  for (const name of consoleMethods)
    console[name] = (...values: unknown[]) => {
      lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
    };
  logger.setLogLevel('TRACE');
  // Called at the start of each invocation, it would restore the level of the environment.
  const { refreshSampleRateCalculation } = logger;
  logger.refreshSampleRateCalculation = () => {};
  try {
    await work();
  } finally {
    logger.setLogLevel(level);
    logger.refreshSampleRateCalculation = refreshSampleRateCalculation;
    for (const [index, stream] of streams.entries()) stream.write = writes[index]!;
    for (const [index, name] of consoleMethods.entries()) console[name] = methods[index]!;
  }
  return lines.join('\n');
}
