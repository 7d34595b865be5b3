/**
 * The e2e suite takes its base URL from outside, so that it runs against the local platform, a deployed emulator
 * and AWS alike.
 */
export default async function startPlatform(): Promise<void> {
  if (!process.env.SHOP_BASE_URL) throw new Error('Set SHOP_BASE_URL to the address of a running shop.');
}
