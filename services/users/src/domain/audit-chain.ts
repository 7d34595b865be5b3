import { createHash } from 'node:crypto';
import type { Actor } from '#shared/events/event.ts';

/** One entry of the audit log: who did what to what, when, from where, in which request. */
export type AuditEntry = {
  eventId: string;
  /** ISO 8601 UTC. */
  time: string;
  /** The service in which it happened. */
  source: string;
  action: string;
  target: { kind: string; id: string };
  actor?: Actor;
  clientAddress?: string;
  correlationId: string;
  details: Record<string, string>;
};

/** The last entry that is known to be unchanged; the next one contains its hash. */
export type ChainHead = { number: number; hash: string };

/** Before the first entry. */
export const chainStart: ChainHead = { number: 0, hash: '0'.repeat(64) };

/** An entry at its place in the chain; hashes are hexadecimal. */
export type ChainLink = { number: number; content: string; previousHash: string; hash: string };

/** Adds an entry behind the head. */
export function linkAfter(head: ChainHead, entry: AuditEntry): ChainLink {
  const unsigned = { number: head.number + 1, content: JSON.stringify(entry), previousHash: head.hash };
  return { ...unsigned, hash: hashOf(unsigned) };
}

const hashOf = ({ number, content, previousHash }: Omit<ChainLink, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([number, previousHash, content]))
    .digest('hex');

/** The first entry of a chain that is not as it was written. */
export type ChainFault = { number: number; kind: 'modified' | 'missing' };

/** The head after the checked links, or the first fault. */
export type Verification = { head: ChainHead } | { fault: ChainFault };

/**
 * Checks the links behind a head, in order. An entry whose hash was replaced with its content is found by its successor,
 * which contains the old hash; the last entries of the log need a head that was noted elsewhere (`expected`).
 */
export function verifyLinks(
  head: ChainHead,
  links: readonly ChainLink[],
  expected?: ChainHead,
): Verification {
  let last = head;
  for (const link of links) {
    const number = last.number + 1;
    if (link.number !== number) return { fault: { number, kind: 'missing' } };
    if (link.hash !== hashOf(link)) return { fault: { number, kind: 'modified' } };
    if (link.previousHash !== last.hash)
      return { fault: { number: Math.max(1, last.number), kind: 'modified' } };
    if (expected?.number === number && expected.hash !== link.hash)
      return { fault: { number, kind: 'modified' } };
    last = { number, hash: link.hash };
  }
  return { head: last };
}
