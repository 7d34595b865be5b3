import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { invocationContext } from './invocation-context.ts';

/** A warning or an error to show in the platform's own output. */
type Notice = { name: string; level: 'warn' | 'error'; line: string };

/** A longer file is renamed to `….1`, so that logs do not fill the disk. */
const rotateAtBytes = 32 * 1024 * 1024;

const files = new Map<string, { descriptor: number; bytes: number }>();

/**
 * Writes the output of functions to a log file each, as Lambda does to their log groups, and reports warnings and
 * errors. Lines are written synchronously, so they survive a killed host.
 */
export function captureOutput(onNotice: (notice: Notice) => void): void {
  for (const stream of [process.stdout, process.stderr] as const) {
    const original = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const context = invocationContext.getStore();
      if (context === undefined) return original(chunk, ...rest);
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      appendToLog(context.logFile, text);
      const level = levelOf(text, stream === process.stderr);
      if (level !== undefined) onNotice({ name: context.name, level, line: text.trimEnd() });
      const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
      if (done !== undefined) queueMicrotask(done);
      return true;
    };
    stream.write = write as typeof stream.write;
  }
}

/** Appends to a function's log file; creates file and folder when missing. */
function appendToLog(path: string, text: string): void {
  let file = files.get(path);
  if (file !== undefined && file.bytes >= rotateAtBytes) {
    closeSync(file.descriptor);
    file = undefined;
  }
  if (file === undefined) {
    file = openLog(path);
    files.set(path, file);
  }
  file.bytes += writeSync(file.descriptor, text.endsWith('\n') ? text : `${text}\n`);
}

function openLog(path: string): { descriptor: number; bytes: number } {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a');
  const bytes = fstatSync(descriptor).size;
  if (bytes < rotateAtBytes) return { descriptor, bytes };
  closeSync(descriptor);
  try {
    renameSync(path, `${path}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // another host renamed it first
  }
  return { descriptor: openSync(path, 'a'), bytes: 0 };
}

/** The level of a structured line; other lines are warnings on stderr and have no level on stdout. */
export function levelOf(text: string, fromStderr: boolean): 'warn' | 'error' | undefined {
  const named = /^\s*\{.*"level":\s*"([A-Za-z]+)"/.exec(text)?.[1]?.toLowerCase();
  if (named === 'error' || named === 'critical' || named === 'fatal') return 'error';
  if (named === 'warn' || named === 'warning') return 'warn';
  if (named !== undefined) return undefined;
  return fromStderr ? 'warn' : undefined;
}
