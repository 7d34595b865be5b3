import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { clock, dataExports, exportFiles, readPersonalData } from '../app.ts';
import { completeExports } from '../workflows/complete-exports.ts';

/** Every minute: completes exports, and deletes those that have expired or whose user was erased. */
export const handler = scheduleHandler(() =>
  completeExports({ exports: dataExports(), files: exportFiles(), ownPart: readPersonalData(), clock }),
);
