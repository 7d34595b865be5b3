/** Whoever started the shop under SHOP_BASE_URL ends it. */
export default async function stopPlatform(): Promise<void> {}
