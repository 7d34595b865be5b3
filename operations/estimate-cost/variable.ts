import type { OrderCalls } from './order-calls.ts';
import { prices } from './prices.ts';

/** The cost of a number of orders in one AWS service. */
export type VariableCost = { what: string; quantity: number; usd: number };

/** Assumptions that are not measured; each is an option of the command or documented here. */
export type Assumptions = {
  /** Pages read per order: about one of fifty product views leads to an order. */
  readsPerOrder: number;
  /** Share of reads served from a function's cache or Redis instead of DynamoDB. */
  cachedReads: number;
};

/** Memory of a function, in GB (shared/serverless/provider.yml). */
const memoryGb = 0.5;
/** Duration of an invocation without its calls, and of a call to a store or topic in the same region, in seconds. */
const secondsOf = { invocation: 0.02, call: 0.008 };
/** Log volume of an invocation, in GB. */
const logGb = 1e-6;
/** Share of requests that X-Ray samples (X-Ray, "Configuring sampling rules": 5 %). */
const traced = 0.05;
/**
 * Units of DynamoDB per call: a transaction counts each of its items twice (DynamoDB, "Read and write capacity"), and
 * an index of the table each write once more. Items are under 1 KB to write, under 4 KB to read.
 */
const writeUnits: Record<string, number> = {
  TransactWriteItems: 8,
  PutItem: 2,
  UpdateItem: 2,
  BatchWriteItem: 10,
  DeleteItem: 2,
};
const readUnits: Record<string, number> = { Query: 1, GetItem: 1, BatchGetItem: 5 };
/** Send, receive and delete of a message without batching, which is the expensive case. */
const requestsPerMessage = 3;
const reactions = /-on-/;

/** The variable cost of a number of orders, most expensive first. */
export function variableCosts(counts: OrderCalls, orders: number, assumed: Assumptions): VariableCost[] {
  const reads = orders * assumed.readsPerOrder;
  const invocations = orders * sum(Object.values(counts.invocations)) + reads;
  const calls = Object.entries(counts.calls).map(([key, perOrder]) => {
    const [caller = '', operation = ''] = key.split(' ');
    const [service = '', name = ''] = operation.split(':');
    return { caller, service, name, count: perOrder * orders };
  });
  const callsOf = (service: string, ...names: string[]) =>
    sum(
      calls
        .filter((call) => call.service === service && (names.length === 0 || names.includes(call.name)))
        .map(({ count }) => count),
    );
  const units = (table: Record<string, number>) =>
    sum(
      calls
        .filter(({ service }) => service === 'dynamodb')
        .map(({ name, count }) => (table[name] ?? 0) * count),
    );
  const uncached = reads * (1 - assumed.cachedReads);
  const seconds =
    invocations * secondsOf.invocation + (sum(calls.map(({ count }) => count)) + uncached) * secondsOf.call;
  const messages =
    orders *
    sum(
      Object.entries(counts.invocations)
        .filter(([name]) => reactions.test(name))
        .map(([, count]) => count),
    );
  // One place-order, and the pages around it.
  const requests = orders + reads;
  const cost = (what: string, quantity: number, per: number, price: number): VariableCost => ({
    what,
    quantity,
    usd: (quantity / per) * price,
  });
  return [
    cost('API Gateway requests', requests, 1e6, prices.apiRequests),
    cost('Lambda invocations', invocations, 1e6, prices.lambdaRequests),
    cost('Lambda GB-seconds', seconds * memoryGb, 1, prices.lambdaArmSeconds),
    cost('SNS publishes', callsOf('sns'), 1e6, prices.snsPublishes),
    cost('SQS requests', messages * requestsPerMessage, 1e6, prices.sqsRequests),
    cost('DynamoDB write units', units(writeUnits), 1e6, prices.dynamoWrites),
    cost('DynamoDB read units', units(readUnits) + uncached, 1e6, prices.dynamoReads),
    cost('mails', callsOf('ses'), 1e3, prices.sesMails),
    cost('log GB', invocations * logGb, 1, prices.logIngest),
    cost('X-Ray traces', requests * traced, 1e6, prices.xrayTraces),
    cost('WAF requests', requests, 1e6, prices.wafRequests),
  ].toSorted((one, other) => other.usd - one.usd);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
