import { shortName } from './format.js';
import { html } from './html.js';
import { openMail } from './mail-dialog.js';
import {
  callsPanel,
  countersPanel,
  faultsPanel,
  functionsPanel,
  hostsPanel,
  queuesPanel,
  topicsPanel,
} from './platform-panels.js';
import { request } from './session.js';
import {
  eventsPanel,
  mailsPanel,
  ordersPanel,
  picturesPanel,
  reportsPanel,
  startPanel,
} from './shop-panels.js';
import { show } from './show.js';

const pollMs = 1_000;
const messageMs = 6_000;
const element = (id) => document.getElementById(id);
const cards = [
  ['start', 'Click and curl', startPanel],
  ['orders', 'Orders', ordersPanel],
  ['events', 'Events', eventsPanel],
  ['mails', 'Mails', mailsPanel],
  ['pictures', 'Pictures', picturesPanel],
  ['queues', 'Queues and dead letters', queuesPanel],
  ['functions', 'Functions', functionsPanel],
  ['calls', 'AWS calls', callsPanel],
  ['topics', 'Topics', topicsPanel],
  ['reports', 'Reports and schedules', reportsPanel],
  ['hosts', 'Lambda hosts', hostsPanel],
];
const panels = [
  ['counters', countersPanel],
  ['faults', faultsPanel],
  ...cards.map(([id, , panel]) => [id, panel]),
];
// Scrollable elements must be reachable by keyboard, which not every browser ensures by itself.
element('main').innerHTML = html`${cards.map(
  ([id, title]) => html`<div class="card"><h2 id="h-${id}">${title}</h2>
    <section id="${id}" class="body" aria-labelledby="h-${id}" tabindex="0"></section></div>`,
)}`;

let orders = { rows: [] };
let paused = false;
let pollTimer;

/** Reads and renders the newest state, and again every second while the page is visible. */
async function refresh() {
  clearTimeout(pollTimer);
  try {
    readOrders();
    render({ ...(await request('GET', '/state')), orders });
    connection('live');
  } catch (error) {
    connection(error.message, true);
  }
  clearTimeout(pollTimer);
  if (!paused && !document.hidden) pollTimer = setTimeout(refresh, pollMs);
}

/** The orders come from the shop's API, which may be slow or down: the rest of the page does not wait for it. */
async function readOrders() {
  orders = await request('GET', '/orders').catch(({ message }) => ({ problem: message }));
}

function render(state) {
  const name = (physical) => shortName(physical, state);
  element('title').textContent = `${state.project} · ${state.stage}`;
  document.title = `${state.project} · ${state.stage}`;
  for (const [id, panel] of panels) show(element(id), panel(state, name));
}

function connection(state, bad = false) {
  const pill = element('connection');
  const text = paused ? 'paused' : state;
  pill.classList.toggle('bad', bad && !paused);
  if (pill.textContent !== text) pill.textContent = text; // a screen reader reads out each change
}

const actions = {
  'clear-faults': async () => {
    await request('DELETE', '/faults');
    return 'All faults are cleared.';
  },
  redrive: async ({ name }) => {
    const { moved } = await request('POST', `/queues/${encodeURIComponent(name)}/redrive`);
    return `${moved} ${moved === 1 ? 'message' : 'messages'} sent back to the queue.`;
  },
  'run-schedule': async ({ name }) => {
    await request('POST', `/schedules/${encodeURIComponent(name)}/run`);
    return `${name} is running.`;
  },
  'kill-host': async ({ name }) => {
    await request('POST', '/hosts/kill', { pid: Number(name) });
    return `The host with pid ${name} is killed.`;
  },
  'open-mail': ({ name }) => openMail(name),
  'open-report': async ({ name }) => {
    const report = await request('GET', `/reports/${encodeURIComponent(name)}`);
    const text = new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' });
    window.open(URL.createObjectURL(text), '_blank');
  },
  copy: async ({ text }) => {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  },
};

let hideTimer;
function showMessage(text) {
  const line = element('message');
  line.textContent = text;
  line.hidden = false;
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => {
    line.hidden = true;
  }, messageMs);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-action]');
  const action = actions[button?.dataset.action];
  if (action === undefined) return;
  try {
    const message = await action(button.dataset);
    if (message) showMessage(message);
  } catch (error) {
    showMessage(`Failed: ${error.message}`);
  }
  if (!paused) refresh();
});
element('pause').addEventListener('click', () => {
  paused = !paused;
  element('pause').setAttribute('aria-pressed', String(paused));
  if (paused) {
    clearTimeout(pollTimer);
    connection('paused');
  } else refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !paused) refresh();
});
refresh();
