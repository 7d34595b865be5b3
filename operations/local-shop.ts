import { root } from '../build/stacks.ts';
import type { Invoke } from '../client/invoke.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { dataDirOf } from '../platform/startup/options.ts';
import { readRunningShop } from '../platform/startup/running-shop.ts';

/** The shop that runs on this machine with a data folder (default: SHOP_LOCAL_DATA_DIR, .local), if any. */
export const findLocalShop = (dataDir: string | undefined) => readRunningShop(dataDirOf(root, dataDir));

/** Invokes functions of that shop. @throws Error if none is running */
export function localInvoke(dataDir: string | undefined): Invoke {
  const shop = findLocalShop(dataDir);
  if (shop === undefined) throw new Error('No shop is running here: start one with npm start.');
  return new ControlClient(shop).invoke;
}
