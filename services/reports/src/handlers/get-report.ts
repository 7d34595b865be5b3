import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getReportRoute } from '../api.ts';
import { archive } from '../app.ts';
import { ReportNotFound } from '../domain/errors.ts';

/** A Lambda response is at most 6 MB; a row has about 300 bytes. */
const maxOrders = 2_000;

/** Returns one day's report and a link to the whole document. */
export const handler = httpHandler(getReportRoute, async ({ params }) => {
  const found = await archive().read(params.date);
  if (found === undefined) throw new ReportNotFound(`There is no report for ${params.date}.`);
  const { report, documentUrl } = found;
  const orders = report.orders.slice(0, maxOrders);
  return ok({ ...report, orders, truncated: orders.length < report.orders.length, documentUrl });
});
