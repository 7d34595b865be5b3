/** The suite needs a platform that its probes are deployed to; `CONTRACT_BASE_URL` says where it is. */
export default async function startPlatformOfProbes(): Promise<void> {
  if (process.env['CONTRACT_BASE_URL']) return;
  throw new Error('CONTRACT_BASE_URL names no platform with the probes on it.');
}
