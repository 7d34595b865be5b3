import { randomUUID } from 'node:crypto';

/** At most 32 digits, from a UUID: Node generates many UUIDs per system call. */
export const randomHex = (digits: number): string => randomUUID().replaceAll('-', '').slice(-digits);
