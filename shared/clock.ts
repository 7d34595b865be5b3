/** Returns the current time. Decisions receive the time as data; tests use a fixed clock. */
export type Clock = () => Date;

/** The system clock. */
export const systemClock: Clock = () => new Date();
