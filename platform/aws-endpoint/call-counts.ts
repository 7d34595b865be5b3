import type { Grant } from '../../build/iam/evaluate.ts';

/** How often one caller used one operation on one resource. */
type CallCount = {
  function: string;
  service: string;
  operation: string;
  action: string;
  resource: string;
  count: number;
  /** DynamoDB items that the calls wrote or read by key; 0 for other services. */
  items: number;
  denied: number;
};
/** How often a grant of a function's role, as its statement writes it, allowed a call. */
type GrantCount = { function: string; action: string; resource: string; count: number };
/** The counts since the start or the last reset, in the format of `GET /calls` and `.local/calls.json`. */
export type CallsSnapshot = { since: string; calls: CallCount[]; grants: GrantCount[] };

/**
 * Every call to AWS, by function, action and resource: the source of the least-privilege report and of the calls per
 * order. A call that uses two tables counts once for each.
 */
export class CallCounts {
  #since = new Date();
  #calls = new Map<string, CallCount>();
  #grants = new Map<string, GrantCount>();

  record(
    caller: string,
    service: string,
    operation: string,
    action: string,
    resource: string,
    allowed: boolean,
    items = 0,
  ): void {
    const key = `${caller}\n${operation}\n${action}\n${resource}`;
    let entry = this.#calls.get(key);
    if (!entry) {
      entry = { function: caller, service, operation, action, resource, count: 0, items: 0, denied: 0 };
      this.#calls.set(key, entry);
    }
    if (!allowed) {
      entry.denied += 1;
      return;
    }
    entry.count += 1;
    entry.items += items;
  }

  recordGrants(caller: string, grants: Grant[]): void {
    for (const { action, resource } of grants) {
      const key = `${caller}\n${action}\n${resource}`;
      const entry = this.#grants.get(key);
      if (entry) entry.count += 1;
      else this.#grants.set(key, { function: caller, action, resource, count: 1 });
    }
  }

  snapshot(): CallsSnapshot {
    return {
      since: this.#since.toISOString(),
      calls: [...this.#calls.values()].map((entry) => ({ ...entry })),
      grants: [...this.#grants.values()].map((entry) => ({ ...entry })),
    };
  }

  reset(): void {
    this.#since = new Date();
    this.#calls.clear();
    this.#grants.clear();
  }
}
