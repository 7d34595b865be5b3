/** Stops what `start-engines.ts` started. */
export default async function stopEngines(): Promise<void> {
  await globalThis.runningEngines?.stop();
}
