/** The versions that a client has read and allows to be changed, from `If-Match`: any, or one of a list. */
export type ExpectedVersion = 'any' | readonly number[];

/** Whether a change that expects these versions may be applied to this one. */
export const expects = (expected: ExpectedVersion, version: number): boolean =>
  expected === 'any' || expected.includes(version);
