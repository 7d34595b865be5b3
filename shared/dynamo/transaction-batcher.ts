import { coalesce } from '../coalesce.ts';
import { Unavailable } from '../errors.ts';
import { ConditionsFailed, failureOf } from './conditions.ts';
import type { Dynamo } from './dynamo.ts';
import { maxTransactionItems, type Write } from './write.ts';

/** Writes one transaction: all of its writes or none. @throws ConditionsFailed, Unavailable */
export type Transact = (writes: readonly Write[]) => Promise<void>;

type Transaction = readonly Write[];
type Result = { ok: true } | { ok: false; error: unknown };
type Report = (transaction: Transaction, result: Result) => void;

/**
 * Merges the transactions of concurrent callers into one call, since a call costs more than its items. Each caller gets
 * the failed conditions of its own writes only: a refused transaction is left out and the others are tried again.
 */
export function batchTransactions({ transact }: Pick<Dynamo, 'transact'>): Transact {
  const submit = coalesce<Transaction, Result>(maxTransactionItems, 1, async (transactions) => {
    const results = new Map<Transaction, Result>();
    await Promise.all(
      groupIntoCalls(transactions).map((group) =>
        transactGroup(transact, group, (transaction, result) => results.set(transaction, result)),
      ),
    );
    return transactions.map((transaction) => results.get(transaction) ?? { ok: true });
  });
  return async (writes) => {
    const result = await submit([...writes]);
    if (!result.ok) throw result.error;
  };
}

/** As few calls as possible: none with too many items, none that contains an item twice. */
function groupIntoCalls(transactions: readonly Transaction[]): Transaction[][] {
  const calls: { transactions: Transaction[]; items: number; names: Set<string> }[] = [];
  for (const transaction of transactions) {
    const names = transaction.flatMap((write) => itemName(write) ?? []);
    let call = calls.find(
      (each) =>
        each.items + transaction.length <= maxTransactionItems && !names.some((name) => each.names.has(name)),
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

/** A put does not expose its key: DynamoDB refuses an item that is put twice, and each is then tried alone. */
const itemName = (write: Write): string | undefined =>
  write.kind === 'put' ? undefined : `${write.table} ${JSON.stringify(write.key)}`;

async function transactGroup(
  transact: Transact,
  group: readonly Transaction[],
  report: Report,
): Promise<void> {
  let remaining = group;
  while (remaining.length > 0) {
    try {
      await transact(remaining.flat());
      return;
    } catch (error) {
      const failed = error instanceof ConditionsFailed ? error.failed : undefined;
      if (remaining.length === 1 || (error instanceof Unavailable && !isContended(error))) {
        for (const transaction of remaining) report(transaction, { ok: false, error });
        return;
      }
      if (failed === undefined) {
        // DynamoDB does not say which transaction is wrong or contended: one must not fail the others.
        await Promise.all(remaining.map((transaction) => transactGroup(transact, [transaction], report)));
        return;
      }
      remaining = remaining.filter((transaction) => {
        const refused = transaction.filter((write) => failed.has(write));
        if (refused.length > 0) report(transaction, { ok: false, error: new ConditionsFailed(refused) });
        return refused.length === 0;
      });
    }
  }
}

const isContended = ({ cause }: Error): boolean =>
  cause !== undefined && failureOf(cause, []).kind === 'contended';
