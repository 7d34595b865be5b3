import * as z from 'zod';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { type Route, route } from '#shared/http/route.ts';
import { ReportNotFound } from './domain/errors.ts';

const statuses = z.enum(['pending', 'paid', 'shipped', 'completed', 'cancelled']);

const orderRow = z.object({
  orderId: z.uuid(),
  orderNumber: z.string(),
  status: statuses,
  totalCents: z.int(),
  currency: z.string(),
  paid: z.boolean(),
  placedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
});

const sums = z.array(
  z.object({ currency: z.string(), orders: z.int(), placedCents: z.int(), revenueCents: z.int() }),
);
const byStatus = z.record(statuses, z.int());

const summary = z.object({ date: z.iso.date(), builtAt: z.iso.datetime(), byStatus, sums });

export const listReportsRoute = route({
  name: 'list-reports',
  method: 'GET',
  path: '/api/v1/reports',
  summary: 'Lists the daily reports, newest first',
  access: 'reports:read',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of reports', schema: pageOf(summary) } },
});

export const getReportRoute = route({
  name: 'get-report',
  method: 'GET',
  path: '/api/v1/reports/{date}',
  summary: "Returns one day's report",
  access: 'reports:read',
  params: z.strictObject({ date: z.iso.date() }),
  responses: {
    200: {
      description:
        'The report. If the day has more than 2,000 orders, the first 2,000, and `truncated` is true',
      schema: summary.extend({
        orders: z.array(orderRow),
        truncated: z.boolean(),
        /** A link to the whole document, valid for five minutes. */
        documentUrl: z.url(),
      }),
    },
  },
  errors: [ReportNotFound.kind],
});

export const getLiveFiguresRoute = route({
  name: 'get-live-figures',
  method: 'GET',
  path: '/api/v1/analytics/live',
  summary: "Returns today's counters (UTC), updated as events arrive",
  access: 'reports:read',
  responses: {
    200: {
      description: 'Counters of today',
      schema: z.object({
        date: z.iso.date(),
        created: z.int(),
        completed: z.int(),
        cancelled: z.int(),
        createdCents: z.record(z.string(), z.int()),
      }),
    },
  },
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/reports/health',
  summary: 'Health of the reports service',
  access: 'public',
  responses: {
    200: {
      description: 'The table responds',
      schema: z.object({ status: z.literal('ok'), service: z.string() }),
    },
  },
});

/** Every route of this service. */
export const routes: Route[] = [listReportsRoute, getReportRoute, getLiveFiguresRoute, healthRoute];
