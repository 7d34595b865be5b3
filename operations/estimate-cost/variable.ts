import type { OrderCalls } from './order-calls.ts';
import { prices } from './prices.ts';
import type { StageShape } from './stage-shape.ts';

/** The cost of a number of orders in one AWS service. */
export type VariableCost = { what: string; quantity: number; usd: number };

/** Assumptions that are not measured; each is an option of the command or documented here. */
export type Assumptions = {
  /** Pages read per order: about one of fifty product views leads to an order. */
  readsPerOrder: number;
  /** Share of reads served from a function's cache or Redis instead of DynamoDB. */
  cachedReads: number;
};

/** Estimates that no local measurement can replace; docs/cost.md lists them as such. */
export const estimates = {
  /** Duration of an invocation without its calls, and of a call to a store or topic in the same region, in seconds. */
  invocationSeconds: 0.02,
  callSeconds: 0.008,
  /** Requests of a signed-in customer per order besides placing it: signing in, and reading the order twice. */
  signedInRequests: 3,
  /**
   * Invocations of the authorizer per order, each with one call of the database: its responses are cached for a minute per
   * token and API (shared/serverless/authorizer.yml), and a customer uses two APIs for two minutes.
   */
  authorizations: 4,
  /** Bytes of the START, END and REPORT lines of an invocation, and of the line of a read. */
  platformLogBytes: 500,
  readLogBytes: 600,
  /** Bytes of a line of the access log (shared/serverless/provider.yml). */
  accessLogBytes: 600,
  /** Requests to the payment provider per order, and bytes of a request with its response and TLS, to it and to AWS. */
  providerRequests: 3,
  providerRequestBytes: 10_000,
  awsRequestBytes: 4_000,
  /** Share of requests that X-Ray samples (X-Ray, "Configuring sampling rules": 5 %). */
  traced: 0.05,
  /** Send, receive and delete of a message without batching, which is the expensive case. */
  requestsPerMessage: 3,
};

/** Units that a write of an item under 1 KB costs (DynamoDB, "Read and write capacity"): two in a transaction. */
const writeUnits: Record<string, number> = {
  TransactWriteItems: 2,
  PutItem: 1,
  UpdateItem: 1,
  BatchWriteItem: 1,
  DeleteItem: 1,
};
/** Units that a strongly consistent read of up to 4 KB costs. */
const readUnits: Record<string, number> = { Query: 1, GetItem: 1, BatchGetItem: 1, Scan: 1 };
const reactions = /-on-/;
/** Functions that a shop with many readers calls most; both have the same memory. */
const reader = 'products-get-product';
const authorizer = 'users-authorizer';

/** DynamoDB units of one order. @throws Error for an operation or a table that is unknown, so that none counts as free */
export function unitsPerOrder({ items }: OrderCalls, { tables }: StageShape) {
  let [writes, reads] = [0, 0];
  for (const [key, count] of Object.entries(items)) {
    const [, operation = '', name = ''] = key.split(' ');
    const table = tables.get(name);
    const written = writeUnits[operation];
    if (!table || (written === undefined && readUnits[operation] === undefined))
      throw new Error(`operations/estimate-cost/variable.ts cannot price ${key}`);
    if (written === undefined) reads += count * (readUnits[operation] ?? 0);
    else writes += count * (written + table.indexes) * table.regions;
  }
  return { writes, reads };
}

/** The variable cost of a number of orders, most expensive first. */
export function variableCosts(
  counts: OrderCalls,
  orders: number,
  assumed: Assumptions,
  shape: StageShape,
): VariableCost[] {
  const reads = assumed.readsPerOrder;
  const uncached = reads * (1 - assumed.cachedReads);
  const routed = sumOf(counts.invocations, (name) => shape.routed.has(name));
  const requests = routed + estimates.signedInRequests + reads;
  const invoked = sumOf(counts.invocations) + estimates.signedInRequests + estimates.authorizations;
  const secrets = sumOf(counts.calls, (key) => key.includes(' secretsmanager:'));
  const mails = sumOf(counts.calls, (key) => key.includes(' ses:'));
  const publishes = sumOf(counts.calls, (key) => key.includes(' sns:'));
  const messages = sumOf(counts.invocations, (name) => reactions.test(name));
  const units = unitsPerOrder(counts, shape);
  const logged =
    counts.logBytes +
    (invoked + reads) * estimates.platformLogBytes +
    reads * estimates.readLogBytes +
    requests * estimates.accessLogBytes;
  const cost = (what: string, perOrder: number, per: number, price: number): VariableCost => ({
    what,
    quantity: perOrder * orders,
    usd: ((perOrder * orders) / per) * price,
  });
  return [
    cost('API Gateway requests', requests, 1e6, prices.apiRequests),
    cost('Lambda invocations', invoked + reads, 1e6, prices.lambdaRequests),
    cost('Lambda GB-seconds', gbSeconds(counts, uncached, assumed, shape), 1, prices.lambdaArmSeconds),
    cost('SNS publishes', publishes, 1e6, prices.snsPublishes),
    cost('SQS requests', messages * estimates.requestsPerMessage, 1e6, prices.sqsRequests),
    cost('DynamoDB write units', units.writes, 1e6, prices.dynamoWrites),
    cost('DynamoDB read units', units.reads + uncached, 1e6, prices.dynamoReads),
    cost('mails', mails, 1e3, prices.sesMails),
    cost('secret reads', secrets, 1e4, prices.secretReads),
    // Each read of a secret decrypts it; topics, queues and tables reuse data keys (fixed.ts).
    cost('KMS requests of secrets', secrets, 1e4, prices.kmsRequests),
    cost('NAT GB', networkBytes(counts, shape) / 1e9, 1, prices.natBytes),
    cost('log GB', logged / 1e9, 1, prices.logIngest),
    cost('X-Ray traces', requests * estimates.traced, 1e6, prices.xrayTraces),
    cost('WAF requests', requests, 1e6, prices.wafRequests),
  ].toSorted((one, other) => other.usd - one.usd);
}

/** Each function by its own memory. @throws Error for a function that the stage does not have */
function gbSeconds(counts: OrderCalls, uncached: number, assumed: Assumptions, shape: StageShape): number {
  const memoryOf = (name: string): number => {
    const memory = shape.memoryGb.get(name);
    if (memory === undefined) throw new Error(`docs/order-calls.json names ${name}, which does not exist`);
    return memory;
  };
  const { invocationSeconds, callSeconds } = estimates;
  const invocations = Object.entries(counts.invocations).reduce(
    (sum, [name, count]) => sum + count * invocationSeconds * memoryOf(name),
    0,
  );
  const calls = Object.entries(counts.calls).reduce(
    (sum, [key, count]) => sum + count * callSeconds * memoryOf(key.split(' ')[0] ?? ''),
    0,
  );
  const read = (assumed.readsPerOrder * invocationSeconds + uncached * callSeconds) * memoryOf(reader);
  const signedIn =
    estimates.signedInRequests * (invocationSeconds + callSeconds) * memoryOf('orders-get-order') +
    estimates.authorizations * (invocationSeconds + callSeconds) * memoryOf(authorizer);
  return invocations + calls + read + signedIn;
}

/** Bytes of an order through the NAT gateway or an interface endpoint, at NAT's price, which is the higher. */
function networkBytes({ calls }: OrderCalls, { inVpc }: StageShape): number {
  // DynamoDB and S3 are reached through gateway endpoints, which cost nothing.
  const leaving = sumOf(calls, (key) => inVpc.has(key.split(' ')[0] ?? '') && !/ (dynamodb|s3):/.test(key));
  return leaving * estimates.awsRequestBytes + estimates.providerRequests * estimates.providerRequestBytes;
}

function sumOf(counts: Record<string, number>, included: (key: string) => boolean = () => true): number {
  return Object.entries(counts).reduce((sum, [key, count]) => sum + (included(key) ? count : 0), 0);
}
