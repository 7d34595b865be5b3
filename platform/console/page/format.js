import { html } from './html.js';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
const number = new Intl.NumberFormat('en');

/** The time of day of an ISO 8601 instant, with the date unless it is today. */
export function time(instant, now = new Date()) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  const text = date.toDateString() === now.toDateString() ? clock.format(date) : day.format(date);
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

export const count = (value) => number.format(value ?? 0);

/** `12.3 ms`, `1.25 s`; a dash for undefined. */
export function duration(milliseconds) {
  if (milliseconds === undefined) return '–';
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return milliseconds >= 100 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}

/** Cents of a currency with two decimals. */
export const money = (cents, currency) => `${(cents / 100).toFixed(2)} ${currency}`;

export const bytes = (size) => (size < 1_024 ? `${size} B` : `${Math.round(size / 1_024)} KB`);

/** A physical name without project and stage: `orders/place-order`, `payment-queue.fifo`. */
export function shortName(name, { project, stage }) {
  if (name.startsWith(`${project}-${stage}-`)) return name.slice(project.length + stage.length + 2);
  const [service, key] = name.split(`-${stage}-`);
  return key !== undefined && service.startsWith(`${project}-`)
    ? `${service.slice(project.length + 1)}/${key}`
    : name;
}

/** The end of a UUID: UUIDv7s of the same time differ only there. */
export const shortId = (id) => (id.length === 36 ? `…${id.slice(-8)}` : id);
