import { shopError } from '#shared/errors.ts';

/** There is no report for that day. */
export const ReportNotFound = shopError({
  code: 'REPORT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No report for that day',
});
