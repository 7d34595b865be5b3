import { randomUUID } from 'node:crypto';
import type { Invoke } from './invoke.ts';

/**
 * Builds the report of a day (UTC, `2026-11-21`), complete or not, by invoking the function as its schedule does the next
 * morning. @throws Error with the function's error if it failed
 */
export const buildReport = async (
  invoke: Invoke,
  { project, stage }: { project: string; stage: string },
  date: string,
): Promise<void> => {
  await invoke(`${project}-reports-${stage}-build-daily-report`, nextMorning(date));
};

/** The event of a schedule rule (EventBridge, "Scheduled events"). */
function nextMorning(date: string): object {
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
