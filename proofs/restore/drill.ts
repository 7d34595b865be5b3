import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { type Check, check, repeatedMails } from './checks.ts';
import { archiving, baseBackup, layOut, startStandby } from './database-backup.ts';
import { differingFiles, type FileReplica, layOutFiles, replicateFiles } from './file-replica.ts';
import { lost, type Promised, placed } from './ledger.ts';
import { type Load, startLoad } from './load.ts';
import { catchUp, sendAgain } from './replay.ts';
import { type Shop, startShop } from './shop.ts';
import { orderIds, readState } from './state.ts';
import { copyTables, layOutTables, type TableCopies } from './table-copies.ts';

export type DrillOptions = {
  /** An empty folder; what the drill leaves in it may be deleted. */
  folder: string;
  customers: number;
  /** Seconds between the base backup and the loss. */
  seconds: number;
  /** The load ends at so many orders. */
  maxOrders: number;
  /** Leaves a part of the restoration out, to see that the drill notices. */
  without?: Part;
  log: (line: string) => void;
  /** Told how to end what was started, in this order, however the drill itself ends. */
  onEnd: (stop: () => Promise<unknown>) => void;
};

/** Parts of a restoration without which it fails. */
export const parts = ['log', 'replay'] as const;
export type Part = (typeof parts)[number];

/** What one copy lacked at the loss: the first of it was promised `seconds` before. */
export type Lack = { count: number; of: number; seconds: number };

/** What the drill found. Times in seconds. */
export type Report = {
  checks: Check[];
  orders: { promised: number; soldOut: number; paid: number; wantOfStock: number; askedAgain: number };
  /** From the loss to the first order that was taken again, and until everything had caught up. */
  rto: { firstOrder: number; caughtUp: number };
  /** What was lost of what had been answered. */
  rpo: {
    ordersInDatabase: Lack;
    ordersByArchiveAlone: Lack;
    tables: Lack & { copyAge: number };
    files: Lack;
  };
  repeatedMails: number;
  replayed: string[];
};

/** How often the archive is given what the log holds: on RDS every five minutes. */
const archiveSeconds = 5;
/** How often the tables are copied: older than what DynamoDB promises, so that the replay has something to do. */
const tablesEveryMs = 4_000;
const filesEveryMs = 1_000;
/** Events are sent again from that long before the copy of the tables on: what was on its way is in neither. */
const replayMarginMs = 60_000;
/** A function that took a mail up and did not say that it was sent may have sent it: its lease. */
const mailLeaseMs = 5_000;
/** After that what has not come is lost. */
const patienceMs = 75_000;

/** Backs a shop up under load, destroys it, restores it, sends events again, and looks at what came of it. */
export async function drill(options: DrillOptions): Promise<Report> {
  const { folder, without, log, onEnd } = options;
  const at = placesIn(folder);
  const startedOn = today();
  log('starting a shop …');
  const settings = await archiving(at.archive, archiveSeconds);
  const shop = await startShop({ dataDir: at.first, databaseSettings: settings });
  onEnd(shop.kill);
  const load = await startLoad(shop, options.customers, options.maxOrders);
  onEnd(() => load.stop());
  log(`${options.customers} customers order; backing up under their load …`);
  const copies = await backUp(shop, at, onEnd, log);
  await pause(options.seconds * 1_000);

  log(`destroying the shop: ${placed(load.wishes).length} orders were answered …`);
  const lossAt = await shop.kill();
  const told = await atTheLoss(load, copies, lossAt);
  await rm(join(at.first, 'postgres'), { recursive: true });
  await rm(join(at.first, 'dynamodb'), { recursive: true });
  await rm(join(at.first, 'messaging'), { recursive: true });

  log('restoring: base backup, archive and the log that survived; tables; files …');
  await copies.standby.stop();
  await layOut(
    at.backup,
    join(at.second, 'postgres'),
    at.archive,
    without === 'log' ? undefined : join(at.standby, 'pg_wal'),
  );
  await layOutTables(told.tables, join(at.second, 'dynamodb'));
  await layOutFiles(copies.files, join(at.second, 'messaging'), shop.region);
  await keepOutside(at);
  const restored = await startShop({ dataDir: at.second, databaseSettings: {} });
  onEnd(restored.kill);

  const since = new Date(told.tables.at - replayMarginMs);
  log(`sending events again since ${since.toISOString()} …`);
  const replayed = without === 'replay' ? [] : await sendAgain(restored, since);
  await catchUp(restored, 'queues', Date.now() + patienceMs);
  const comeback = load.comeBack(restored, Date.now() + patienceMs);
  const firstOrderAt = await comeback.firstOrder;
  log('open again; waiting until all has caught up …');
  await comeback.all;
  await catchUp(restored, 'everything', Date.now() + patienceMs);
  const caughtUpAt = Date.now();

  const state = await readState(restored);
  const checks = check(state, {
    wishes: load.wishes,
    stock: load.stock,
    accounts: load.accounts.map(({ id }) => id),
    tablesFrom: told.tables.at - mailLeaseMs,
  });
  const differing = await differingFiles(copies.files, restored);
  checks.push(
    {
      name: 'files were copied, and each is as it was',
      wrong: copies.files.files().length === 0 ? ['no file was copied'] : differing,
    },
    await countedOnce(restored, shop.admin, state.orders.length, startedOn),
  );
  log('restoring the database once more, from the archive alone …');
  const inDatabase = new Set(state.orders.map(({ id }) => id));
  const byArchive = await ordersByArchive(at, shop.database.password);
  const seconds = (ms: number) => (ms - lossAt) / 1000;
  return {
    checks,
    orders: {
      promised: placed(load.wishes).length,
      soldOut: load.wishes.filter(({ outcome }) => outcome.kind === 'refused').length,
      paid: state.orders.filter(({ status }) => status === 'paid').length,
      wantOfStock: state.orders.filter(({ reason }) => reason === 'stock-lost').length,
      askedAgain: told.unanswered,
    },
    rto: { firstOrder: seconds(firstOrderAt), caughtUp: seconds(caughtUpAt) },
    rpo: {
      ordersInDatabase: lack(told.orders, inDatabase, lossAt),
      ordersByArchiveAlone: lack(told.orders, byArchive, lossAt),
      tables: {
        ...lack(told.products, state.products, lossAt),
        copyAge: -seconds(told.tables.at),
      },
      files: { count: differing.length, of: copies.files.files().length, seconds: 0 },
    },
    repeatedMails: repeatedMails(state),
    replayed,
  };
}

/** Apart from each other, as on disks of their own. The shop's two folders are the disks that are lost and new. */
const placesIn = (folder: string) => ({
  first: join(folder, 'first'),
  second: join(folder, 'second'),
  backup: join(folder, 'base-backup'),
  archive: join(folder, 'archive'),
  standby: join(folder, 'standby'),
  tables: join(folder, 'tables'),
  third: join(folder, 'third'),
});
type Places = ReturnType<typeof placesIn>;

type Copies = { standby: Postgres; tables: TableCopies; files: FileReplica };

async function backUp(
  shop: Shop,
  at: Places,
  onEnd: DrillOptions['onEnd'],
  log: DrillOptions['log'],
): Promise<Copies> {
  const bytes = await baseBackup(shop.database, join(at.first, 'postgres'), at.backup);
  const standby = await startStandby(at.backup, at.standby, shop.database);
  onEnd(standby.stop);
  log(`base backup: ${Math.round(bytes / 1024 / 1024)} MB; commits wait for the standby from now on`);
  const tables = copyTables(join(at.first, 'dynamodb', 'dynamodb.sqlite'), at.tables, tablesEveryMs);
  onEnd(tables.stop);
  const files = replicateFiles(shop, filesEveryMs);
  onEnd(() => files.stop());
  return { standby, tables, files };
}

/** What had been promised when the shop was lost, and the copies of that moment. */
async function atTheLoss(load: Load, copies: Copies, lossAt: number) {
  await Promise.all([load.stop(lossAt), copies.tables.stop(), copies.files.stop(lossAt)]);
  const tables = copies.tables.before(lossAt);
  if (tables === undefined)
    throw new Error('the tables were not copied before the loss: give the load more seconds');
  return {
    tables,
    orders: placed(load.wishes),
    products: [...load.products],
    unanswered: load.wishes.filter(({ outcome }) => outcome.kind === 'unanswered').length,
  };
}

/** What was never in the lost region alone: secrets, the payment provider's books, the mails that people received. */
async function keepOutside({ first, second }: Places): Promise<void> {
  await mkdir(second, { recursive: true });
  for (const name of ['secrets.json', 'custom-resources.json', 'payments', 'mails'])
    await cp(join(first, name), join(second, name), { recursive: true });
}

/** The orders that would be left if the log of both zones were lost too. */
async function ordersByArchive(at: Places, password: string): Promise<ReadonlySet<string>> {
  await layOut(at.backup, at.third, at.archive);
  const server = await startPostgres({ dataDir: at.third, password });
  try {
    return await orderIds({ port: server.port, password });
  } finally {
    await server.stop();
  }
}

function lack(promised: readonly Promised[], found: ReadonlySet<string>, lossAt: number): Lack {
  const { ids, seconds } = lost(promised, found, lossAt);
  return { count: ids.length, of: promised.length, seconds };
}

const today = (): string => new Date().toISOString().slice(0, 10);

/** Whether today's figures have each order once; on the turn of a day they are two days' and not looked at. */
async function countedOnce(
  { apiUrl }: Shop,
  { email, password = '' }: Shop['admin'],
  orders: number,
  startedOn: string,
): Promise<Check> {
  const boss = await new ShopClient(apiUrl).signIn(email, password);
  const ask = () => boss.call<{ created: number }>('GET', '/api/v1/analytics/live');
  const { created } = await until(ask, (live) => live.created >= orders, 10_000).catch(ask);
  const right = created === orders || startedOn !== today();
  return {
    name: "today's figures count each order once",
    wrong: right ? [] : [`${created} counted of ${orders}`],
  };
}
