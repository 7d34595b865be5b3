import type { ActionRecorded } from '#shared/events/actions.ts';
import type { EnvelopeOf } from '#shared/events/event.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import type { AuditLog } from '../adapters/audit-log.ts';

/**
 * Appends a recorded action. The log line names the new head: a copy outside the database, by which `npm run audit:verify`
 * finds that the last entries were replaced or removed.
 */
export async function recordAction(entries: AuditLog, event: EnvelopeOf<ActionRecorded>): Promise<void> {
  const { action, target, clientAddress, details } = event.data;
  const head = await entries.append({
    eventId: event.id,
    time: event.time,
    source: event.source,
    action,
    target,
    ...(event.actor === undefined ? {} : { actor: event.actor }),
    ...(clientAddress === undefined ? {} : { clientAddress }),
    correlationId: event.correlationId,
    details,
  });
  if (head !== undefined) logger.info('audit entry appended', { head: `${head.number}:${head.hash}` });
}
