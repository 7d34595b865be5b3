import { ShopClient } from '../../../client/shop-client.ts';

/** A setting of the run: the shop's address or its admin's credentials. @throws Error naming the variable if it is not set */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run through jest's e2e project`);
  return value;
}

/** A client of the shop under test without a token. */
export const visitor = (): ShopClient => new ShopClient(setting('E2E_BASE_URL'));

let signedIn: Promise<ShopClient> | undefined;

/** A client that is signed in as the admin; signs in once per file. */
export const admin = (): Promise<ShopClient> => {
  signedIn ??= visitor().signIn(setting('E2E_ADMIN_EMAIL'), setting('E2E_ADMIN_PASSWORD'));
  return signedIn;
};
