import { randomUUID } from 'node:crypto';
import type { Invoke } from './invoke.ts';

/**
 * Makes the report of a day (UTC, `2026-11-21`), complete or not, by invoking the function as its schedule does on the
 * morning after. @throws Error with what the function answered if it failed
 */
export const makeReport = (
  invoke: Invoke,
  { project, stage }: { project: string; stage: string },
  date: string,
): Promise<void> => invoke(`${project}-reports-${stage}-build-daily-report`, morningAfter(date));

/** The event of a schedule rule (EventBridge, "Scheduled events"). */
function morningAfter(date: string): object {
  const at = new Date(Date.parse(`${date}T08:00:00Z`) + 24 * 60 * 60 * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: at.toISOString().replace('.000', ''),
    resources: [],
    detail: {},
  };
}
