import { project } from '../../../build/stacks.ts';
import { type Customer, newCustomers } from '../../../client/new-customer.ts';
import { operator } from './invoke.ts';
import { visitor } from './shop.ts';

/** A customer with an account of its own, signed in. */
export function newCustomer(name?: string): Promise<Customer> {
  const { invoke, stage } = operator();
  return newCustomers(visitor(), invoke, { project, stage })(name);
}
