/** Where the time comes from: decisions take it as data, tests fix it. */
export type Clock = () => Date;

/** The machine's own clock. */
export const systemClock: Clock = () => new Date();
