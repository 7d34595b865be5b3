import { randomUUID } from 'node:crypto';
import type { CallResult } from '../shared/contracts/contract.ts';
import { createUserContract } from '../shared/contracts/users.ts';
import type { Invoke } from './invoke.ts';
import type { ShopClient } from './shop-client.ts';

/** A client that is signed in with an account of its own. */
export type Customer = ShopClient & { userId: string; email: string; password: string };

/** Creates a customer's account and signs in. */
export type NewCustomer = (name?: string) => Promise<Customer>;

/**
 * Creates customers with the operator function `create-user`: their addresses need no confirmation, which a mailbox
 * would have to be read for.
 */
export const newCustomers =
  (shop: ShopClient, invoke: Invoke, { project, stage }: { project: string; stage: string }): NewCustomer =>
  async (name = 'Ada Example') => {
    const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${randomUUID().slice(0, 8)}@example.com`;
    const functionName = `${project}-users-${stage}-${createUserContract.name}`;
    const result = (await invoke(functionName, { email, name, roles: ['customer'] })) as CallResult<
      { userId: string; password: string },
      { code: string }
    >;
    if (!result.ok) throw new Error(`${functionName} refused: ${result.refusal.code}`);
    const { userId, password } = result.response;
    return Object.assign(await shop.signIn(email, password), { userId, email, password });
  };
