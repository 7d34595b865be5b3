import { readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../../build/start-error.ts';

/**
 * Waits until the engine whose process id is in the first line of `pidFile` has ended: its parent may have been killed
 * just before. Removes the file of an ended engine.
 * @throws StartError when the engine still runs after `graceMs`: another platform uses the folder
 */
export async function waitForPreviousProcess(
  pidFile: string,
  program: string,
  graceMs = 5_000,
): Promise<void> {
  const giveUpAt = Date.now() + graceMs;
  for (;;) {
    const pid = await readPid(pidFile);
    if (pid === undefined) return;
    if (!(await isRunning(pid, program))) {
      await rm(pidFile, { force: true });
      return;
    }
    if (Date.now() > giveUpAt)
      throw new StartError(
        `Another platform uses this data folder (${program}, process ${pid}): stop it, or choose another data folder.`,
      );
    await pause(20);
  }
}

async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const pid = Number.parseInt(text ?? '', 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Whether the process runs and, on Linux, is that program: process ids are reused after a reboot. */
async function isRunning(pid: number, program: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes(program);
}
