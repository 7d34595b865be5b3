import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { relay } from '../app.ts';

/** Every minute: publishes what the relay on the stream left. */
export const handler = scheduleHandler((at) => relay().sweep(at));
