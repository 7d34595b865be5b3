import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { invokeWith } from '../../client/invoke.ts';
import { newCustomers } from '../../client/new-customer.ts';
import { ShopClient } from '../../client/shop-client.ts';
import { type Postgres, startPostgres } from '../../platform/engines/postgres.ts';
import { check, type OrderRequest, placedOrders } from '../load/expectations.ts';
import { type Load, startLoad } from '../load/load.ts';
import { orderIds, readState, type ShopState } from '../load/shop-state.ts';
import { type Confirmed, dataLoss } from './data-loss.ts';
import { archiving, baseBackup, prepareRecovery, startStandby } from './database-backup.ts';
import { checkFigures, today } from './figures.ts';
import { differingFiles, type FileReplica, replicateFiles, writeFiles } from './file-replica.ts';
import { checkMails, readMails, repeatedMails } from './mails.ts';
import type { Report } from './report.ts';
import { republish, waitUntilIdle } from './republish.ts';
import { type Shop, startShop } from './shop.ts';
import { type Staff, startStaff } from './staff.ts';
import { copyTables, type TableCopies, type TableCopy, writeTables } from './table-copies.ts';

export type DrillOptions = {
  /** An empty folder, which the caller deletes. */
  folder: string;
  customers: number;
  /** Seconds of load between the base backup and the loss. */
  seconds: number;
  maxOrders: number;
  /** A part of the restoration to skip, to verify that the drill then fails. */
  without?: Part;
  log: (line: string) => void;
  /** Registers how to stop what was started, however the drill ends. */
  onEnd: (stop: () => Promise<unknown>) => void;
};

/** Parts of the restoration that can be skipped. */
export const parts = ['log', 'replay'] as const;
export type Part = (typeof parts)[number];

/** The archive receives the log at least this often; on RDS every five minutes. */
const archiveSeconds = 5;
/** Longer than DynamoDB promises, so that events must be republished. */
const tablesEveryMs = 4_000;
const filesEveryMs = 1_000;
/** Events are republished from this long before the copy of the tables, because events in transit are in neither. */
const republishMarginMs = 60_000;
/** The lease of a mail: a function that has not recorded it as sent may have sent it. */
const mailLeaseMs = 5_000;
const settleTimeoutMs = 75_000;
/** Plenty of most products, and few of some, so that customers compete for the last units. */
const stock = { ample: Array<number>(8).fill(100_000), scarce: [8, 20, 40] };
const pauseMs = 40;

const foldersIn = (folder: string) => ({
  original: join(folder, 'original'),
  restored: join(folder, 'restored'),
  archiveOnly: join(folder, 'archive-only'),
  backup: join(folder, 'base-backup'),
  archive: join(folder, 'archive'),
  standby: join(folder, 'standby'),
  tables: join(folder, 'tables'),
});
type Folders = ReturnType<typeof foldersIn>;

type Copies = { standby: Postgres; tables: TableCopies; files: FileReplica };

/** What the shop had confirmed when it was lost, and the newest copy of the tables. */
type Loss = {
  at: number;
  tables: TableCopy;
  orders: Confirmed[];
  products: readonly Confirmed[];
  unanswered: OrderRequest[];
};

/** A shop under load with its backups, as in production. */
type Scene = { shop: Shop; load: Load; staff: Staff; copies: Copies; folders: Folders };

/** Backs up a shop under load, destroys it, restores it, republishes events, and checks the result. */
export async function drill(options: DrillOptions): Promise<Report> {
  const { log, onEnd } = options;
  const startedOn = today();
  const scene = await startScene(options);
  const { load } = scene;
  await pause(options.seconds * 1_000);
  log(`destroying the shop: ${placedOrders(load.orders).length} orders were confirmed …`);
  const loss = await destroy(scene);

  log('restoring: base backup, archive and surviving log; tables; files …');
  const restored = await restore(scene, loss, options.without);
  onEnd(restored.kill);
  const since = new Date(loss.tables.at - republishMarginMs);
  log(`republishing events since ${since.toISOString()} …`);
  const republished = options.without === 'replay' ? [] : await republish(restored, since);
  await waitUntilIdle(restored, 'queues', Date.now() + settleTimeoutMs);
  const firstOrderAt = await resumeLoad(load, restored, loss, () => log('open again; waiting until idle …'));
  await waitUntilIdle(restored, 'everything', Date.now() + settleTimeoutMs);
  const idleAt = Date.now();

  return report(scene, loss, restored, { startedOn, firstOrderAt, idleAt, republished, log });
}

/** Checks the restored shop, restores the database again from the archive alone, and summarises both. */
async function report(
  { shop, load, staff, copies, folders }: Scene,
  loss: Loss,
  restored: Shop,
  observed: {
    startedOn: string;
    firstOrderAt: number;
    idleAt: number;
    republished: string[];
    log: DrillOptions['log'];
  },
): Promise<Report> {
  const state = await readState(restored);
  const mails = await readMails(restored);
  const accounts = staff.accounts.map(({ id }) => id);
  const differing = await differingFiles(copies.files, restored);
  const copied = copies.files.files().length;
  const checks = [
    ...check(state, { orders: load.orders, stock: load.stock, accounts, mayRunOut: true }),
    checkMails(state.orders, mails, loss.tables.at - mailLeaseMs),
    {
      name: 'files were copied, and each is unchanged',
      violations: copied === 0 ? ['no file was copied'] : differing,
    },
    await checkFigures(restored, shop, state.orders.length, observed.startedOn),
  ];
  observed.log('restoring the database again, from the archive alone …');
  const inArchive = await ordersInArchive(folders, shop.database.password);
  const inDatabase = new Set(state.orders.map(({ id }) => id));
  const seconds = (ms: number) => (ms - loss.at) / 1000;
  return {
    checks,
    orders: orderCounts(load, state, loss),
    rto: { firstOrder: seconds(observed.firstOrderAt), idle: seconds(observed.idleAt) },
    rpo: {
      ordersInDatabase: dataLoss(loss.orders, inDatabase, loss.at),
      ordersInArchive: dataLoss(loss.orders, inArchive, loss.at),
      tables: {
        ...dataLoss(loss.products, state.products, loss.at),
        copyAge: -seconds(loss.tables.at),
      },
      files: { count: differing.length, of: copied },
    },
    repeatedMails: repeatedMails(state.orders, mails),
    republished: observed.republished,
  };
}

async function startScene({ folder, customers, maxOrders, log, onEnd }: DrillOptions): Promise<Scene> {
  const folders = foldersIn(folder);
  log('starting a shop …');
  const databaseSettings = await archiving(folders.archive, archiveSeconds);
  const shop = await startShop({ dataDir: folders.original, databaseSettings });
  onEnd(shop.kill);
  const load = await startLoad({
    ...{ url: shop.apiUrl, admin: shop.admin, customers, maxOrders, pauseMs },
    newCustomer: newCustomers(new ShopClient(shop.apiUrl), invokeWith(new LambdaClient(shop.aws)), shop),
    ...{ stock: stock.ample, scarceStock: stock.scarce },
  });
  onEnd(() => load.stop(true));
  const staff = startStaff(load);
  onEnd(() => staff.stop(0));
  log(`${customers} customers order; backing up under load …`);
  const bytes = await baseBackup(shop.database, join(folders.original, 'postgres'), folders.backup);
  const standby = await startStandby(folders.backup, folders.standby, shop.database);
  onEnd(standby.stop);
  log(`base backup: ${Math.round(bytes / 1024 / 1024)} MB; from now on commits wait for the standby`);
  const database = join(folders.original, 'dynamodb', 'dynamodb.sqlite');
  const tables = copyTables(database, folders.tables, tablesEveryMs);
  onEnd(() => tables.stop(0));
  const files = replicateFiles(shop, filesEveryMs);
  onEnd(() => files.stop(0));
  return { shop, load, staff, folders, copies: { standby, tables, files } };
}

/** Kills the shop, stops load and copies, and deletes the shop's disks. */
async function destroy({ shop, load, staff, copies, folders }: Scene): Promise<Loss> {
  const at = await shop.kill();
  await Promise.all([load.stop(true), staff.stop(at), copies.tables.stop(at), copies.files.stop(at)]);
  const tables = copies.tables.before(at);
  if (tables === undefined) throw new Error('the tables were not copied before the loss: increase --seconds');
  for (const store of ['postgres', 'dynamodb', 'messaging'])
    await rm(join(folders.original, store), { recursive: true });
  return {
    at,
    tables,
    orders: placedOrders(load.orders),
    products: [...staff.products],
    unanswered: load.orders.filter(({ outcome }) => outcome.kind === 'unanswered'),
  };
}

async function restore({ shop, copies, folders }: Scene, loss: Loss, without?: Part): Promise<Shop> {
  const { original, restored, backup, archive, standby } = folders;
  await copies.standby.stop();
  const survivingLog = without === 'log' ? undefined : join(standby, 'pg_wal');
  await prepareRecovery(backup, join(restored, 'postgres'), archive, survivingLog);
  await writeTables(loss.tables, join(restored, 'dynamodb'));
  await writeFiles(copies.files, join(restored, 'messaging'), shop.aws.region);
  // Data outside the lost region: secrets, the payment provider's ledger, delivered mails.
  await mkdir(restored, { recursive: true });
  for (const name of ['secrets.json', 'custom-resources.json', 'payments', 'mails'])
    await cp(join(original, name), join(restored, name), { recursive: true });
  return startShop({ dataDir: restored });
}

/**
 * Places one order in the restored shop and retries all unanswered ones. Returns when the new order was confirmed (ms),
 * NaN if it was not.
 */
async function resumeLoad(load: Load, shop: Shop, loss: Loss, onOpen: () => void): Promise<number> {
  const signal = AbortSignal.timeout(settleTimeoutMs);
  for (const customer of load.customers) customer.moveTo(shop.apiUrl);
  const first = load.order(load.customers[0]!);
  const retries = loss.unanswered.map((request) => load.retry(request, signal));
  const { outcome } = await first;
  onOpen();
  await Promise.all(retries);
  return outcome.kind === 'placed' ? outcome.at : Number.NaN;
}

/** The orders that remain if the logs of both zones are lost too. */
async function ordersInArchive(folders: Folders, password: string): Promise<ReadonlySet<string>> {
  await prepareRecovery(folders.backup, folders.archiveOnly, folders.archive);
  const server = await startPostgres({ dataDir: folders.archiveOnly, password });
  try {
    return await orderIds({ port: server.port, password });
  } finally {
    await server.stop();
  }
}

const orderCounts = (load: Load, { orders }: ShopState, loss: Loss): Report['orders'] => ({
  confirmed: placedOrders(load.orders).length,
  soldOut: load.orders.filter(({ outcome }) => outcome.kind === 'refused').length,
  paid: orders.filter(({ status }) => status === 'paid').length,
  refunded: orders.filter(({ reason }) => reason === 'stock-lost').length,
  retried: loss.unanswered.length,
});
