import { bytes, count, money, shortId, time } from './format.js';
import { hint, html, link } from './html.js';

const statuses = ['pending', 'paid', 'shipped', 'completed', 'cancelled'];
const status = (name) => html`<span class="tag ${statuses.includes(name) ? name : ''}">${name}</span>`;

/** The shop's addresses, and three commands to try. */
export function startPanel({ addresses }) {
  const { api, aws, payments, images } = addresses;
  const lines = [
    `curl ${api}/api/v1/products`,
    `curl ${api}/api/v1/orders/health`,
    `curl -X POST ${api}/api/v1/auth/register -H 'Content-Type: application/json' -d '{"email":"ada@example.com","password":"correct horse battery","name":"Ada"}'`,
  ];
  const row = (what, address, path) =>
    html`<div><dt>${what}</dt><dd><a href="${link(address + path)}" target="_blank" rel="noreferrer">${address}${path}</a></dd></div>`;
  return html`<dl class="addresses">
      ${row('Products', api, '/api/v1/products')} ${row('OpenAPI', api, '/api/v1/openapi.json')}
      <div><dt>Payments</dt><dd><code>${payments}</code></dd></div>
      <div><dt>AWS</dt><dd><code>AWS_ENDPOINT_URL=${aws}</code></dd></div>
      <div><dt>Pictures</dt><dd><code>${images}/…</code></dd></div>
    </dl>
    ${lines.map(
      (line) => html`<div class="curl"><code>${line}</code>
        <button type="button" data-action="copy" data-text="${line}" aria-label="Copy this line">Copy</button></div>`,
    )}`;
}

/** The newest orders, and how many of them have each status. */
export function ordersPanel({ orders }) {
  if (orders.problem) return hint(`Orders cannot be read: ${orders.problem}`);
  if (orders.rows.length === 0) return hint('No orders yet: npm run demo places some.');
  const countOf = (status) => orders.rows.filter((row) => row.status === status).length;
  return html`<p class="sums">${statuses.map((name) => html`${status(name)} <b>${count(countOf(name))}</b> `)}</p>
    <table>
      <thead><tr><th scope="col">Order</th><th scope="col">Status</th><th scope="col" class="number">Pieces</th><th scope="col" class="number">Total</th><th scope="col">Placed</th></tr></thead>
      <tbody>${orders.rows.map(
        (
          row,
        ) => html`<tr id="order:${row.id}"><th scope="row" title="${row.id}"><code>${row.number}</code></th><td>${status(row.status)}</td>
          <td class="number">${count(row.pieces)}</td><td class="number">${money(row.totalCents, row.currency)}</td><td>${time(row.placedAt)}</td></tr>`,
      )}</tbody>
    </table>`;
}

/** The newest published events, each with its message. */
export function eventsPanel({ events }, name) {
  if (events.length === 0) return hint('No events since the start.');
  return html`<ol class="events">${events.map(
    (event) => html`<li id="event:${event.key}"><details>
        <summary>${time(event.at)} <b>${event.type ?? 'message'}</b>
          <code title="${event.aggregateId}">${shortId(event.aggregateId ?? '')}${event.sequence ? ` #${event.sequence}` : ''}</code>
          <span class="quiet">${name(event.topic)}</span></summary>
        <pre>${pretty(event.message)}</pre></details></li>`,
  )}</ol>`;
}

/** Formats a JSON message; returns any other text unchanged. */
export function pretty(message) {
  try {
    return JSON.stringify(JSON.parse(message), null, 2);
  } catch {
    return message;
  }
}

/** Mails that the shop sent. */
export function mailsPanel({ mails }, name) {
  if (mails.rows.length === 0) return hint('No mails yet.');
  return html`<p class="quiet">${count(mails.total)} in the mailbox${mails.total > mails.rows.length ? ', the newest first' : ''}</p>
    <ul class="mails">${mails.rows.map(
      (mail) => html`<li id="mail:${mail.id}">
        <button type="button" class="row" data-action="open-mail" data-name="${mail.id}" title="sent by ${name(mail.sender)}">
          <b>${mail.subject || '(no subject)'}</b><span>${mail.to.join(', ')}</span>${time(mail.receivedAt)}</button></li>`,
    )}</ul>`;
}

/** The newest pictures: the smallest rendition of each, and links to all. */
export function picturesPanel({ pictures, addresses }) {
  if (pictures.rows.length === 0) return hint('No pictures yet.');
  const address = (key) => link(`${addresses.images}/${key.split('/').map(encodeURIComponent).join('/')}`);
  return html`<p class="quiet">${count(pictures.total)} processed</p>
    <ul class="pictures">${pictures.rows.map(
      ({ id, renditions }) => html`<li id="picture:${id}"><figure>
        <img src="${address(renditions[0].key)}" alt="Rendition of picture ${shortId(id)}" loading="lazy" width="120" height="120" />
        <figcaption>${renditions.map(
          ({ key, width, format, bytes: size }) =>
            html`<a href="${address(key)}" target="_blank" rel="noreferrer" title="${bytes(size)}">${width}&nbsp;${format}</a> `,
        )}</figcaption></figure></li>`,
    )}</ul>`;
}

/** The daily reports, and the schedules with a button that runs each now. */
export function reportsPanel({ reports, schedules }, name) {
  return html`${
    reports.length === 0
      ? hint('No reports yet: run the schedule below for the report of yesterday.')
      : html`<table>
          <thead><tr><th scope="col">Day</th><th scope="col" class="number">Orders</th><th scope="col" class="number">Revenue</th><th scope="col">Built</th></tr></thead>
          <tbody>${reports.map(
            ({
              date,
              builtAt,
              byStatus,
              sums,
            }) => html`<tr id="report:${date}"><th scope="row"><button type="button" data-action="open-report" data-name="${date}">${date}</button></th>
              <td class="number">${count(Object.values(byStatus ?? {}).reduce((sum, some) => sum + some, 0))}</td>
              <td class="number">${(sums ?? []).map((sum) => money(sum.revenueCents, sum.currency)).join(', ') || '–'}</td><td>${time(builtAt)}</td></tr>`,
          )}</tbody></table>`
  }
  <table>
    <thead><tr><th scope="col">Schedule</th><th scope="col">Next</th><td></td></tr></thead>
    <tbody>${schedules.map(
      ({
        ruleName,
        functionName,
        at,
      }) => html`<tr id="schedule:${ruleName}"><th scope="row" title="${ruleName}">${name(functionName)}</th><td>${at ? time(at) : '–'}</td>
        <td class="number"><button type="button" data-action="run-schedule" data-name="${functionName}" aria-label="Run ${name(functionName)} now">Run</button></td></tr>`,
    )}</tbody>
  </table>`;
}
