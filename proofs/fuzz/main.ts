/** `npm run fuzz`: sends generated requests to a whole shop, as each role; see `help`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type RunningShop, startShopProcess } from '../../bench/shop-process.ts';
import { pythonTool } from '../../build/python-tools.ts';
import { root } from '../../build/stacks.ts';
import { seedCatalogue } from '../../client/demo/catalogue.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import { type Role, roles } from '../../shared/auth/permissions.ts';
import { prove } from '../external/programs.ts';

const help = `npm run fuzz [-- --seconds 50 --seed 1 --role customer]

Starts a shop and lets Schemathesis generate requests from its OpenAPI document, in all phases, anonymously and as each
role. Fails on a response with 5xx or one that contradicts the document, and on a request that matches its schema and
is refused with 400. Cursors are left out: which one is valid, no schema can say.

  --seconds  for each role (default 50)
  --seed     repeats the requests of another run with this seed
  --role     only this role, or anonymous`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    role: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

/** Pinned, so that a run can be repeated. */
const requirement = 'schemathesis==4.32.5';
/** Bounded by time, not by the number of requests. */
const maxExamples = '1000';
const longestOutput = 20_000;

const callers: readonly (Role | 'anonymous')[] = ['anonymous', ...roles];

/** The access token of a new account with a role. */
async function tokenOf(shop: RunningShop, role: Role): Promise<string> {
  const email = `fuzz-${role}@shop.example`;
  const created = (await new ControlClient(shop).invoke(`${shop.project}-users-${shop.stage}-create-user`, {
    email,
    name: 'Fuzz',
    roles: [role],
  })) as { response: { password: string } };
  const { token } = await new ShopClient(shop.apiUrl).signIn(email, created.response.password);
  if (token === undefined) throw new Error(`${email} is not signed in`);
  return token;
}

/** Runs Schemathesis as one caller. Returns its report if it found something. */
async function fuzz(
  tool: string,
  shop: RunningShop,
  caller: Role | 'anonymous',
): Promise<string | undefined> {
  const header =
    caller === 'anonymous' ? [] : ['--header', `Authorization: Bearer ${await tokenOf(shop, caller)}`];
  const { exitCode, all } = await execa(
    tool,
    [
      ...['--config-file', 'schemathesis.toml', 'run', `${shop.apiUrl}/api/v1/openapi.json`],
      ...['--max-time', values.seconds, '--max-examples', maxExamples, '--seed', values.seed],
      ...['--continue-on-failure', '--no-shrink', '--suppress-health-check', 'all', '--warnings', 'off'],
      ...header,
    ],
    { cwd: import.meta.dirname, all: true, reject: false, stdin: 'ignore' },
  );
  const cases = /(\d+) generated/.exec(all)?.[1];
  console.log(`fuzz: ${caller}: ${cases ?? 'no'} requests, exit ${exitCode}`);
  return exitCode === 0 && cases !== undefined ? undefined : `${caller}:\n${all.slice(-longestOutput)}`;
}

await prove('fuzz', async () => {
  const chosen = callers.filter((caller) => values.role === undefined || values.role === caller);
  if (chosen.length === 0) throw new Error(`--role is one of ${callers.join(', ')}`);
  const tool = await pythonTool('schemathesis', requirement);
  // Inside the project, because PostgreSQL's own user must be able to enter the folder.
  const dataDir = await mkdtemp(join(root, '.local-fuzz-'));
  const { shop, stop } = await startShopProcess({ dataDir, logErrors: true });
  try {
    const { email, password } = shop.admin;
    await seedCatalogue(await new ShopClient(shop.apiUrl).signIn(email, password), () => {});
    const reports: (string | undefined)[] = [];
    for (const caller of chosen) reports.push(await fuzz(tool, shop, caller));
    return reports.filter((report) => report !== undefined);
  } finally {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
