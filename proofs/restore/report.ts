import type { Lack, Report } from './drill.ts';

/** The objectives of docs/disaster-recovery.md, in seconds. */
const rtoSeconds = 60 * 60;
const rpoSeconds = 5 * 60;
/** So many of what a check found wrong are printed. */
const shown = 5;

/** A report in words, and whether all of it is as it must be. */
export function inWords(report: Report): { lines: string[]; passed: boolean } {
  const { checks, orders, rto, rpo } = report;
  const objectives = [
    { name: '0 committed orders lost', met: rpo.ordersInDatabase.count === 0 },
    { name: 'RPO by the archive alone ≤ 5 min', met: rpo.ordersByArchiveAlone.seconds <= rpoSeconds },
    { name: 'RPO of the tables ≤ 5 min', met: rpo.tables.copyAge <= rpoSeconds },
    { name: 'RTO ≤ 1 h', met: rto.firstOrder <= rtoSeconds }, // NaN: no order was taken again
  ];
  const lines = [
    `orders       ${orders.promised} answered 201, ${orders.soldOut} refused as sold out; ${orders.askedAgain} were cut off and asked again`,
    `             ${orders.paid} paid, ${orders.wantOfStock} refunded for want of stock`,
    `RTO          ${inSeconds(rto.firstOrder)} from the loss to the next order taken; ${inSeconds(rto.caughtUp)} until all had caught up`,
    `RPO          data disk lost, log survives (a zone; RDS Multi-AZ):        ${lacking(rpo.ordersInDatabase, 'orders')}`,
    `             all lost but the archive (point-in-time recovery):          ${lacking(rpo.ordersByArchiveAlone, 'orders')}`,
    `             tables (their copy was ${inSeconds(rpo.tables.copyAge)} old), what no event tells: ${lacking(rpo.tables, 'new products')}`,
    `             files: ${rpo.files.of} copied, ${rpo.files.count} not as they were`,
    `sent again   ${report.replayed.join(', ')}; ${report.repeatedMails} mails went out twice`,
    '',
    ...objectives.map(({ name, met }) => `${met ? 'ok    ' : 'FAILED'} ${name}`),
    ...checks.flatMap(({ name, wrong }) => [
      `${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${name}`,
      ...wrong.slice(0, shown).map((one) => `         ${one}`),
      ...(wrong.length > shown ? [`         and ${wrong.length - shown} more`] : []),
    ]),
  ];
  return {
    lines,
    passed: objectives.every(({ met }) => met) && checks.every(({ wrong }) => wrong.length === 0),
  };
}

const inSeconds = (seconds: number): string => `${seconds.toFixed(1)} s`;

const lacking = ({ count, of, seconds }: Lack, what: string): string =>
  `${inSeconds(seconds)}, ${count} of ${of} ${what} lost`;
