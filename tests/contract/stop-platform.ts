/** Nothing to stop: whoever deployed the probes removes them. */
export default async function stopPlatformOfProbes(): Promise<void> {}
