import { ShopClient, UnexpectedResponse } from '../../client/shop-client.ts';

/** The administrator's credentials; undefined if the password is not stored in the data folder. */
export type ReadAdministrator = () => { email: string; password: string } | undefined;

export type OrderRow = {
  id: string;
  number: string;
  status: string;
  totalCents: number;
  currency: string;
  placedAt: string;
  pieces: number;
};

const maxOrders = 40;

/**
 * Reads the newest orders through the shop's API, as the administrator.
 * @returns a function that throws Error if the API cannot be reached or refuses
 */
export function orderList(apiUrl: string, administrator: ReadAdministrator): () => Promise<OrderRow[]> {
  let signedIn: ShopClient | undefined;
  const signIn = async (): Promise<ShopClient> => {
    const credentials = administrator();
    if (credentials === undefined) throw new Error('the password of the administrator is not stored here');
    return new ShopClient(apiUrl).signIn(credentials.email, credentials.password);
  };
  const list = async (): Promise<OrderRow[]> => {
    signedIn ??= await signIn();
    const response = await signedIn.send<{ items: OrderRow[] }>('GET', `/api/v1/orders?limit=${maxOrders}`);
    if (response.status === 200) return response.body.items;
    signedIn = undefined;
    throw new UnexpectedResponse(`GET /api/v1/orders returned ${response.status}`);
  };
  return () => {
    // The access token expires after 15 minutes: a failed request is repeated once after a new sign-in.
    return signedIn === undefined ? list() : list().catch(list);
  };
}
