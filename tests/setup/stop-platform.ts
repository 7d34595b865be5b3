import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ControlClient } from '../../platform/control/control-client.ts';
import './start-platform.ts';

/**
 * Writes the AWS calls of the run for the least-privilege report, and stops the shop that was started for it.
 */
export default async function stopPlatform(): Promise<void> {
  const shop = globalThis.runningShop;
  if (shop === undefined) return;
  globalThis.runningShop = undefined;
  const calls = await new ControlClient(shop).send('GET /calls');
  const folder = join(import.meta.dirname, '..', '..', '.local');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'calls.json'), JSON.stringify(calls));
  const ended = once(shop.process, 'exit');
  shop.process.kill('SIGTERM');
  const [code] = await ended;
  await rm(shop.dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`The shop exited with code ${code}.`);
}
