import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../aws-endpoint/credentials.ts';
import type { Platform } from './platform.ts';
import type { ShopAdministrator } from './set-up-shop.ts';

/** The addresses and secrets of the shop that runs on a data folder, and its administrator's password if it is stored there. */
export type RunningShop = {
  pid: number;
  apiUrl: string;
  consoleUrl: string;
  controlSecret: string;
  awsUrl: string;
  /** Of an operator, for calls of the AWS endpoint. */
  awsCredentials: Credentials;
  paymentsUrl: string;
  adminEmail: string;
  adminPassword?: string;
};

const fileIn = (dataDir: string): string => join(dataDir, 'running.json');

/** The shop that runs on a data folder; undefined if none does. */
export function readRunningShop(dataDir: string): RunningShop | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as RunningShop;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes the addresses and the secret for `npm run demo` and other tools, to a file that only its owner may read.
 * @returns a function that deletes the file
 */
export function writeRunningShop(dataDir: string, platform: Platform, admin: ShopAdministrator): () => void {
  const file = fileIn(dataDir);
  const shop: RunningShop = {
    pid: process.pid,
    apiUrl: platform.apiUrl,
    consoleUrl: platform.consoleUrl,
    controlSecret: platform.controlSecret,
    awsUrl: platform.awsUrl,
    awsCredentials: platform.awsEndpoint.operator,
    paymentsUrl: platform.paymentsUrl,
    adminEmail: admin.email,
    ...(admin.password === undefined ? {} : { adminPassword: admin.password }),
  };
  writeFileSync(file, `${JSON.stringify(shop, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
