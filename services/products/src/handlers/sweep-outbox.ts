import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { relay } from '../app.ts';

/** Every minute: publishes events that the stream's relay left unsent. */
export const handler = scheduleHandler((at) => relay().sweep(at));
