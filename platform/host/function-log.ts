import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { invocationContext } from './invocation-context.ts';

/** A line that a person at the console should see. */
export type Notice = { name: string; level: 'warn' | 'error'; line: string };

/** A file longer than this is set aside as `….1`, so that a long-running shop fills no disk. */
const rotateAtBytes = 32 * 1024 * 1024;

const files = new Map<string, { descriptor: number; bytes: number }>();

/**
 * Sends what functions print to their own log files, as Lambda sends it to their log groups, and hands warnings
 * and errors on. Lines are written at once and synchronously: they survive a killed host.
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

/** Appends to a function's log file, made with its folder when it is not there. */
export function appendToLog(path: string, text: string): void {
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
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // another host was quicker
  }
  return { descriptor: openSync(path, 'a'), bytes: 0 };
}

/** Structured lines name their level; of the rest, what goes to stderr counts as a warning. */
export function levelOf(text: string, fromStderr: boolean): 'warn' | 'error' | undefined {
  const named = /^\s*\{.*"level":\s*"([A-Za-z]+)"/.exec(text)?.[1]?.toLowerCase();
  if (named === 'error' || named === 'critical' || named === 'fatal') return 'error';
  if (named === 'warn' || named === 'warning') return 'warn';
  if (named !== undefined) return undefined;
  return fromStderr ? 'warn' : undefined;
}
