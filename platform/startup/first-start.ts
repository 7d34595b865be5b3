import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { setUp } from '../../client/set-up-stage.ts';
import type { Platform, StartOptions } from '../start-platform.ts';

/** The administrator of the shop; the password is known when it was made in this data folder. */
export type Administrator = { email: string; password?: string; isNew: boolean };

const kept = z.object({ email: z.string(), password: z.string() });

/**
 * Makes the shop ready by the script that makes a deployed stage ready, through the same endpoints: signing key and
 * administrator. The password is kept in a file that only its owner may read, for `npm run demo`.
 */
export async function makeReady(platform: Platform, options: StartOptions): Promise<Administrator> {
  const { dataDir, region, stage, project, adminEmail, log } = options;
  const lambda = new LambdaClient({
    region,
    endpoint: platform.awsUrl,
    credentials: platform.awsEndpoint.operator,
  });
  const file = join(dataDir, 'admin.json');
  try {
    const { admin } = await setUp({ lambda, stage, project, adminEmail, log: (line) => log('info', line) });
    if (admin.password === undefined) return { ...(await known(file, admin.email)), isNew: false };
    await writeFile(file, JSON.stringify(admin), { mode: 0o600 });
    await chmod(file, 0o600);
    return { email: admin.email, password: admin.password, isNew: true };
  } finally {
    lambda.destroy();
  }
}

async function known(file: string, email: string): Promise<{ email: string; password?: string }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { email };
  const admin = kept.parse(JSON.parse(text));
  return admin.email === email ? admin : { email };
}
