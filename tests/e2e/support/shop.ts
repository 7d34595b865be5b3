import { ShopClient } from '../../../client/shop-client.ts';

/** A setting of the run: where the shop is and who its admin is. @throws Error naming the variable if it is not set */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run through jest's e2e project`);
  return value;
}

/** The shop under test, wherever it runs, as a visitor sees it. */
export const visitor = (): ShopClient => new ShopClient(setting('E2E_BASE_URL'));

let signedIn: Promise<ShopClient> | undefined;

/** The shop as its admin; signs in once a file. */
export const admin = (): Promise<ShopClient> => {
  signedIn ??= visitor().signIn(setting('E2E_ADMIN_EMAIL'), setting('E2E_ADMIN_PASSWORD'));
  return signedIn;
};
