/** A document that outlives an account, what it contains, and until when it is kept. */
export type RetainedDocument = { document: string; contains: string; reason: string; until: string };

/** The last day of the year in which a document was written plus so many years, as tax laws count. */
const endOfYearAfter = (at: Date, years: number): string => `${at.getUTCFullYear() + years}-12-31`;

/**
 * What is kept after an erasure: nothing that names the person. The number of years is a setting, since it depends on
 * the shop's country (docs/privacy.md).
 */
export function retainedDocuments(erasedAt: Date, years: number): RetainedDocument[] {
  const until = endOfYearAfter(erasedAt, years);
  return [
    {
      document: 'orders',
      contains: 'order number, dates, lines, amounts, country of delivery, account id',
      reason: 'tax law: records of sales',
      until,
    },
    {
      document: 'payments and ledger',
      contains: "amounts, dates, the payment provider's references, account id",
      reason: 'tax law: accounting records',
      until,
    },
    {
      document: 'audit log',
      contains: 'actions with account ids, times and client addresses',
      reason: 'security: evidence of who changed what',
      until,
    },
  ];
}
