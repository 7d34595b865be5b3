import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { archive, clock, rows } from '../app.ts';
import { dailyReport, reportedDay } from '../domain/daily-report.ts';

/** Builds the report of the day before the scheduled time; a repeated call replaces it. */
export const handler = scheduleHandler(async (at) => {
  const day = reportedDay(at);
  const report = dailyReport(day, await rows().ofDay(day), clock());
  await archive().store(report);
  return { date: day, orders: report.orders.length };
});
