import { root } from '../build/stacks.ts';
import { dataDirOf } from '../platform/startup/options.ts';
import { readRunningShop } from '../platform/startup/running-shop.ts';

/** The shop that runs on this machine with a data folder (default: SHOP_LOCAL_DATA_DIR, .local), if any. */
export const findLocalShop = (dataDir: string | undefined) => readRunningShop(dataDirOf(root, dataDir));
