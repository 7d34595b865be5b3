import { until } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import type { Check } from '../load/expectations.ts';
import type { Shop } from './shop.ts';

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Today's figures count each order once. Not checked when the day changes during the drill. */
export async function checkFigures(
  { apiUrl }: Shop,
  { admin }: Shop,
  orders: number,
  startedOn: string,
): Promise<Check> {
  const adminClient = await new ShopClient(apiUrl).signIn(admin.email, admin.password);
  const read = () => adminClient.call<{ created: number }>('GET', '/api/v1/analytics/live');
  const { created } = await until(read, (live) => live.created >= orders, 10_000).catch(read);
  const isRight = created === orders || startedOn !== today();
  return {
    name: "today's figures count each order once",
    violations: isRight ? [] : [`${created} counted of ${orders}`],
  };
}
