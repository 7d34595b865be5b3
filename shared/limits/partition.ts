import { createHash } from 'node:crypto';

/** The key of a partition: a hash of the limit's name and of what it counts by. */
export const partitionKey = (limitName: string, partition: string): Buffer =>
  createHash('sha256').update(`${limitName} ${partition}`).digest();
