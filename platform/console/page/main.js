import { shortName } from './format.js';
import { openMail } from './mail-dialog.js';
import { show } from './morph.js';
import {
  callsPanel,
  countersPanel,
  faultsPanel,
  functionsPanel,
  hostsPanel,
  queuesPanel,
  topicsPanel,
} from './platform-panels.js';
import {
  eventsPanel,
  mailsPanel,
  ordersPanel,
  picturesPanel,
  reportsPanel,
  startPanel,
} from './shop-panels.js';

const POLL_MS = 1_000;
const LIMIT_MS = 10_000;
const NOTICE_MS = 6_000;
const element = (id) => document.getElementById(id);
const panels = {
  counters: countersPanel,
  faults: faultsPanel,
  start: startPanel,
  orders: ordersPanel,
  events: eventsPanel,
  queues: queuesPanel,
  mails: mailsPanel,
  pictures: picturesPanel,
  functions: functionsPanel,
  calls: callsPanel,
  topics: topicsPanel,
  reports: reportsPanel,
  hosts: hostsPanel,
};

let paused = false;
let waiting;

/** Asks for the newest state and draws it; asks again a second later while somebody looks. */
async function refresh() {
  clearTimeout(waiting);
  try {
    draw(await call('GET', '/live'));
    connection('live');
  } catch (error) {
    connection(error.message, true);
  }
  clearTimeout(waiting);
  if (!paused && !document.hidden) waiting = setTimeout(refresh, POLL_MS);
}

function draw(live) {
  const name = (physical) => shortName(physical, live);
  element('title').textContent = `${live.project} · ${live.stage}`;
  document.title = `${live.project} · ${live.stage}`;
  for (const [id, panel] of Object.entries(panels)) show(element(id), panel(live, name));
}

function connection(state, bad = false) {
  const pill = element('connection');
  const text = paused ? 'paused' : state;
  pill.classList.toggle('bad', bad && !paused);
  if (pill.textContent !== text) pill.textContent = text; // a screen reader speaks each change
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    signal: AbortSignal.timeout(LIMIT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('not reachable');
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message ?? `status ${response.status}`);
  return answer;
}

const actions = {
  'clear-faults': async () => {
    await call('DELETE', '/faults');
    return 'No faults any more.';
  },
  redrive: async ({ name }) => {
    const { moved } = await call('POST', `/queues/${encodeURIComponent(name)}/redrive`);
    return `${moved} ${moved === 1 ? 'message goes' : 'messages go'} back to the queue.`;
  },
  'run-schedule': async ({ name }) => {
    await call('POST', `/schedules/${encodeURIComponent(name)}/run`);
    return `${name} runs.`;
  },
  'kill-host': async ({ name }) => {
    await call('POST', '/hosts/kill', { pid: Number(name) });
    return `The host with pid ${name} is killed.`;
  },
  'open-mail': ({ name }) => openMail(name),
  copy: async ({ text }) => {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  },
};

let forgetting;
function notice(text) {
  const line = element('notice');
  line.textContent = text;
  line.hidden = false;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    line.hidden = true;
  }, NOTICE_MS);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-action]');
  const action = actions[button?.dataset.action];
  if (action === undefined) return;
  try {
    const said = await action(button.dataset);
    if (said) notice(said);
  } catch (error) {
    notice(`That did not work: ${error.message}`);
  }
  if (!paused) refresh();
});
element('pause').addEventListener('click', () => {
  paused = !paused;
  element('pause').setAttribute('aria-pressed', String(paused));
  if (paused) {
    clearTimeout(waiting);
    connection('paused');
  } else refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !paused) refresh();
});
refresh();
