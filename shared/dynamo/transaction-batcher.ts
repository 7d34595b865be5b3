import { coalesce } from '../coalesce.ts';
import { Unavailable } from '../errors.ts';
import type { Dynamo } from './dynamo.ts';
import { ConditionsFailed, failureOf } from './refusals.ts';
import type { Write } from './write.ts';

/** TransactWriteItems takes no more (Amazon DynamoDB, "Service quotas"). */
const maxItems = 100;

/** Commits a small transaction: all of its writes or none. @throws ConditionsFailed, Unavailable */
export type Commit = (writes: readonly Write[]) => Promise<void>;

/**
 * Commits the transactions of several callers in one call, since a call costs more than its items. Each caller hears
 * of its own conditions alone: one that is refused is left out, and the others are tried again without it.
 */
export function transactTogether(dynamo: Dynamo): Commit {
  const commit = coalesce<readonly Write[], Outcome>(maxItems, 1, async (transactions) => {
    const outcomes = new Map<readonly Write[], Outcome>();
    await Promise.all(
      packed(transactions).map((together) =>
        commitTogether(dynamo, together, (of, outcome) => outcomes.set(of, outcome)),
      ),
    );
    return transactions.map((transaction) => outcomes.get(transaction) ?? { done: true });
  });
  return async (writes) => {
    const outcome = await commit([...writes]);
    if (!outcome.done) throw outcome.error;
  };
}

type Outcome = { done: true } | { done: false; error: unknown };
type Tell = (transaction: readonly Write[], outcome: Outcome) => void;

/** As few calls as hold them all: none with too many items, none that names an item twice. */
function packed(transactions: readonly (readonly Write[])[]): (readonly Write[])[][] {
  const calls: { transactions: (readonly Write[])[]; items: number; names: Set<string> }[] = [];
  for (const transaction of transactions) {
    const names = transaction.flatMap((write) => nameOf(write) ?? []);
    let call = calls.find(
      (each) => each.items + transaction.length <= maxItems && !names.some((name) => each.names.has(name)),
    );
    if (call === undefined) {
      call = { transactions: [], items: 0, names: new Set() };
      calls.push(call);
    }
    call.transactions.push(transaction);
    call.items += transaction.length;
    for (const name of names) call.names.add(name);
  }
  return calls.map((call) => call.transactions);
}

/** Of a whole item it is not known which attributes are its key: one put twice is refused, and then tried alone. */
const nameOf = (write: Write): string | undefined =>
  write.kind === 'put' ? undefined : `${write.table} ${JSON.stringify(write.key)}`;

async function commitTogether(
  dynamo: Dynamo,
  together: readonly (readonly Write[])[],
  tell: Tell,
): Promise<void> {
  let left = together;
  while (left.length > 0) {
    try {
      await dynamo.transact(left.flat());
      return;
    } catch (error) {
      const failed = error instanceof ConditionsFailed ? error.failed : undefined;
      if (left.length === 1 || (error instanceof Unavailable && !contended(error))) {
        for (const transaction of left) tell(transaction, { done: false, error });
        return;
      }
      if (failed === undefined) {
        // Something is wrong with one of them, and DynamoDB does not say with which; or one wants an item that others
        // fight for, which must not keep the rest from theirs.
        await Promise.all(left.map((transaction) => commitTogether(dynamo, [transaction], tell)));
        return;
      }
      left = left.filter((transaction) => {
        const refused = transaction.filter((write) => failed.has(write));
        if (refused.length > 0) tell(transaction, { done: false, error: new ConditionsFailed(refused) });
        return refused.length === 0;
      });
    }
  }
}

const contended = ({ cause }: Error): boolean =>
  cause !== undefined && failureOf(cause, []).kind === 'contended';
