import { count, duration, time } from './format.js';
import { hint, html } from './html.js';

const sumOf = (rows, amount) => rows.reduce((sum, row) => sum + amount(row), 0);
const counter = (label, value, bad = false) =>
  html`<div class="${bad ? 'counter bad' : 'counter'}"><dt>${label}</dt><dd>${value}</dd></div>`;

/** `service:Operation`, which may wrap after the colon. */
const breakable = (action) => {
  const [service, ...operation] = action.split(':');
  return operation.length === 0 ? action : html`${service}:<wbr>${operation.join(':')}`;
};

/** Messages in dead-letter queues and in queues without a consumer. */
const deadOf = ({ queues }) =>
  sumOf(
    queues.filter(({ redrivesTo, listeners }) => redrivesTo.length > 0 || listeners.length === 0),
    ({ ready, inFlight, delayed }) => ready + inFlight + delayed,
  );
/** Messages in queues with a consumer. */
const movingOf = ({ queues }) =>
  sumOf(
    queues.filter(({ listeners }) => listeners.length > 0),
    ({ ready, inFlight, delayed }) => ready + inFlight + delayed,
  );

/** The most important counters. */
export function countersPanel(state) {
  const { functions, calls, mails, pictures, faults } = state;
  const errors = sumOf(functions, (row) => row.errors);
  const dead = deadOf(state);
  return html`<dl class="counters">
    ${counter('events', count(sumOf(state.topics, ({ published }) => published)))}
    ${counter('invocations', count(sumOf(functions, (row) => row.invocations)))}
    ${counter('errors', count(errors), errors > 0)}
    ${counter('messages moving', count(movingOf(state) + state.pendingEvents))}
    ${counter('dead letters', count(dead), dead > 0)}
    ${counter('AWS calls', count(calls.allowed))}
    ${counter('denied', count(calls.denied), calls.denied > 0)}
    ${counter('mails', count(mails.total))}
    ${counter('pictures', count(pictures.total))}
    ${counter('faults', count(faults.length), faults.length > 0)}
  </dl>`;
}

/** The injected faults; empty without any. */
export function faultsPanel({ faults }, name) {
  if (faults.length === 0) return html``;
  return html`<section class="alarm" aria-labelledby="h-faults">
    <h2 id="h-faults">Faults injected</h2>
    <ul>${faults.map(
      (
        fault,
      ) => html`<li id="fault:${fault.id}"><b>${fault.kind}</b>${fault.latencyMs === undefined ? '' : ` of ${count(fault.latencyMs)} ms`}
        on ${fault.service ?? 'every service'} ${fault.action ?? '(any action)'}${fault.function === undefined ? '' : ` by ${name(fault.function)}`}${fault.queue === undefined ? '' : ` to ${name(fault.queue)}`}${
          fault.probability === undefined ? '' : `, one in ${(1 / fault.probability).toFixed(1)}`
        }: ${count(fault.hits)}${fault.count === undefined ? '' : ` of ${count(fault.count)}`} hit</li>`,
    )}</ul>
    <button type="button" data-action="clear-faults">Clear all faults</button>
  </section>`;
}

/** The queues and their dead letters, with a button that redrives them. */
export function queuesPanel({ queues, deadLetters }, name) {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const rows = queues.filter(({ redrivesTo }) => redrivesTo.length === 0);
  const waiting = ({ ready, delayed }) => ready + delayed;
  const all = (queue) => (queue === undefined ? 0 : waiting(queue) + queue.inFlight);
  const cell = (value, bad = false) =>
    html`<td class="number ${value > 0 ? (bad ? 'bad' : 'some') : 'zero'}">${count(value)}</td>`;
  const letters = Object.entries(deadLetters).filter(([, messages]) => messages.length > 0);
  return html`<table>
      <thead><tr><th scope="col">Queue</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">In flight</th><th scope="col" class="number">Dead</th></tr></thead>
      <tbody>${rows.map(
        (queue) => html`<tr id="queue:${queue.name}"><th scope="row" title="${queue.arn}">${name(queue.name)}
          <span class="quiet">${queue.listeners.length > 0 ? `→ ${queue.listeners.map(name).join(', ')}` : ''}</span></th>
          ${cell(waiting(queue), queue.listeners.length === 0)}${cell(queue.inFlight)}${cell(all(byName.get(queue.deadLetterQueue)), true)}</tr>`,
      )}</tbody>
    </table>
    ${letters.map(
      ([queue, messages]) => html`<section class="letters" id="dead-letters:${queue}">
        <h3>${name(queue)}: ${count(all(byName.get(queue)))} dead</h3>
        <button type="button" data-action="redrive" data-name="${queue}" aria-label="Redrive ${name(queue)}">Redrive</button>
        ${messages.map(
          (message) =>
            html`<details id="dead-letter:${message.id}"><summary>${time(message.sentAt)} <b>${message.type ?? 'message'}</b> <code>${message.group}</code></summary><pre>${message.body}</pre></details>`,
        )}
      </section>`,
    )}`;
}

/** The topics with their number of events and their subscribers. */
export function topicsPanel({ topics }, name) {
  return html`<table>
    <thead><tr><th scope="col">Topic</th><th scope="col" class="number">Events</th></tr></thead>
    <tbody>${topics.map(
      (topic) => html`<tr id="topic:${topic.name}"><th scope="row">${name(topic.name)}
        <span class="quiet">${topic.subscribers.length > 0 ? `→ ${topic.subscribers.map((one) => name(one.name)).join(', ')}` : 'no subscribers'}</span></th>
        <td class="number ${topic.published > 0 ? 'some' : 'zero'}">${count(topic.published)}</td></tr>`,
    )}</tbody>
  </table>`;
}

/** The functions, most invocations first. */
export function functionsPanel({ functions }, name) {
  const rows = functions.toSorted((a, b) => b.invocations - a.invocations || a.name.localeCompare(b.name));
  return html`<table>
    <thead><tr><th scope="col">Function</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Errors</th><th scope="col" class="number">Last</th><th scope="col" class="number">Mean</th></tr></thead>
    <tbody>${rows.map(
      (
        row,
      ) => html`<tr id="function:${row.name}" class="${row.invocations === 0 ? 'idle' : ''}"><th scope="row" title="${row.name}">${name(row.name)}</th>
        <td class="number">${count(row.invocations)}</td><td class="number ${row.errors > 0 ? 'bad' : 'zero'}">${count(row.errors)}</td>
        <td class="number">${duration(row.lastMs)}</td><td class="number">${duration(row.averageMs)}</td></tr>`,
    )}</tbody>
  </table>`;
}

/** AWS calls of the functions, and how many their roles denied. */
export function callsPanel({ calls }, name) {
  if (calls.rows.length === 0) return hint('No calls since the start.');
  return html`<p class="quiet">since ${time(calls.since)}; a call that touches two resources counts for each</p>
    <table>
      <thead><tr><th scope="col">Function</th><th scope="col">Action</th><th scope="col" class="number">Allowed</th><th scope="col" class="number">Denied</th></tr></thead>
      <tbody>${calls.rows.map(
        (
          row,
        ) => html`<tr id="call:${row.function}:${row.action}"><th scope="row">${name(row.function)}</th><td><code>${breakable(row.action)}</code></td>
          <td class="number">${count(row.count)}</td><td class="number ${row.denied > 0 ? 'bad' : 'zero'}">${count(row.denied)}</td></tr>`,
      )}</tbody>
    </table>`;
}

/** The processes that run functions, with a button that kills one. */
export function hostsPanel({ hosts, memoryMb, pendingEvents }) {
  return html`<table>
      <thead><tr><th scope="col">Process</th><th scope="col" class="number">Running</th><td></td></tr></thead>
      <tbody>${hosts.map(
        ({
          pid,
          inFlight,
        }) => html`<tr id="host:${pid}"><th scope="row">pid ${pid}</th><td class="number">${count(inFlight)}</td>
          <td class="number"><button type="button" data-action="kill-host" data-name="${pid}" aria-label="Kill the host with pid ${pid}">Kill</button></td></tr>`,
      )}</tbody>
    </table>
    <p class="quiet">A killed host is replaced and its messages are delivered again.
      Pending asynchronous events: ${count(pendingEvents)}. Memory of the platform process: ${count(memoryMb)} MB.</p>`;
}
