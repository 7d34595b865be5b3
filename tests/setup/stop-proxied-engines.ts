import stopEngines from './stop-engines.ts';

/** Stops what `start-proxied-engines.ts` started. */
export default async function stopProxiedEngines(): Promise<void> {
  await globalThis.databaseProxy?.stop();
  await stopEngines();
}
