import { verifyAuditContract } from '#shared/contracts/audit.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { auditEntries } from '../app.ts';
import { chainStart, verifyLinks } from '../domain/audit-chain.ts';

/** Checks the next part of the audit log's chain; an operator calls it until it is done. */
export const handler = callHandler(verifyAuditContract, async ({ after = chainStart, expected, limit }) => {
  const links = await auditEntries().linksAfter(after.number, limit);
  const result = verifyLinks(after, links, expected);
  return { ok: true, response: { ...result, done: 'fault' in result || links.length < limit } };
});
