import type { Check } from '../load/expectations.ts';
import type { DataLoss } from './data-loss.ts';

/** The result of the drill. Times in seconds. */
export type Report = {
  checks: Check[];
  orders: { confirmed: number; soldOut: number; paid: number; refunded: number; retried: number };
  /** From the loss to the first new order, and until all events are processed. */
  rto: { firstOrder: number; idle: number };
  rpo: {
    ordersInDatabase: DataLoss;
    ordersInArchive: DataLoss;
    tables: DataLoss & { copyAge: number };
    files: { count: number; of: number };
  };
  repeatedMails: number;
  republished: string[];
};

/** The objectives of docs/disaster-recovery.md, in seconds. */
const rtoSeconds = 60 * 60;
const rpoSeconds = 5 * 60;
const maxViolations = 5;

/** The lines of a report, and whether every objective and check is met. */
export function formatReport(report: Report): { lines: string[]; passed: boolean } {
  const { checks, orders, rto, rpo } = report;
  const objectives = [
    { name: 'no committed order lost', met: rpo.ordersInDatabase.count === 0 },
    { name: 'RPO of the archive alone ≤ 5 min', met: rpo.ordersInArchive.seconds <= rpoSeconds },
    { name: 'RPO of the tables ≤ 5 min', met: rpo.tables.copyAge <= rpoSeconds },
    { name: 'RTO ≤ 1 h', met: rto.firstOrder <= rtoSeconds }, // NaN: no order was accepted again
  ];
  const lines = [
    `orders       ${orders.confirmed} confirmed, ${orders.soldOut} refused as sold out, ${orders.retried} interrupted and retried`,
    `             ${orders.paid} paid, ${orders.refunded} refunded because the stock was lost`,
    `RTO          ${seconds(rto.firstOrder)} from the loss to the next order; ${seconds(rto.idle)} until all events were processed`,
    `RPO          data disk lost, log survives (one zone; RDS Multi-AZ):      ${lossOf(rpo.ordersInDatabase, 'orders')}`,
    `             only the archive survives (point-in-time recovery):         ${lossOf(rpo.ordersInArchive, 'orders')}`,
    `             tables (copy ${seconds(rpo.tables.copyAge)} old), data that is in no event:      ${lossOf(rpo.tables, 'new products')}`,
    `             files: ${rpo.files.of} copied, ${rpo.files.count} differ`,
    `republished  ${report.republished.join(', ')}; ${report.repeatedMails} mails were sent twice`,
    '',
    ...objectives.map(({ name, met }) => `${met ? 'ok    ' : 'FAILED'} ${name}`),
    ...checks.flatMap(({ name, violations }) => [
      `${violations.length === 0 ? 'ok    ' : 'FAILED'} ${name}`,
      ...violations.slice(0, maxViolations).map((violation) => `         ${violation}`),
      ...(violations.length > maxViolations
        ? [`         and ${violations.length - maxViolations} more`]
        : []),
    ]),
  ];
  const passed =
    objectives.every(({ met }) => met) && checks.every(({ violations }) => violations.length === 0);
  return { lines, passed };
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;

const lossOf = (loss: DataLoss, what: string): string =>
  `${seconds(loss.seconds)}, ${loss.count} of ${loss.of} ${what} lost`;
