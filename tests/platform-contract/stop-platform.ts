import { once } from 'node:events';
import { rm } from 'node:fs/promises';

/** Stops the platform that this run started, and deletes its data. */
export default async function stopPlatformOfProbes(): Promise<void> {
  const running = globalThis.platformOfProbes;
  if (!running) return;
  const ended = once(running.process, 'exit');
  running.process.disconnect();
  const [code] = await ended;
  await rm(running.dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`The platform exited with code ${code}.`);
}
