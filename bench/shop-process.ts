import { join } from 'node:path';
import { execaNode } from 'execa';

export type ShopOptions = {
  dataDir: string;
  /** `several` invocations at a time per function instance, or a `single` one. */
  mode?: 'several' | 'single';
  /** PostgreSQL settings that override the platform's. */
  databaseSettings?: Record<string, string>;
  /** The shared tier of the catalogue's cache. */
  redis?: { host: string; port: number } | undefined;
  logErrors?: boolean;
};

/** How to reach a running shop. */
export type RunningShop = {
  apiUrl: string;
  consoleUrl: string;
  controlSecret: string;
  paymentsUrl: string;
  /** Endpoint, region and an operator's credentials. */
  aws: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  };
  project: string;
  stage: string;
  /** The password is empty unless this start created the account. */
  admin: { email: string; password: string };
  /** PostgreSQL's superuser `postgres` on loopback. */
  database: { port: number; password: string };
};

export type ShopProcess = {
  shop: RunningShop;
  pid: number;
  /** Stops the shop in order. */
  stop(): Promise<void>;
  /** Resolves when the process has ended. */
  exited: Promise<unknown>;
};

/**
 * Starts the whole shop in its own process. Ctrl-C does not reach it: it stops when the connection to this process
 * closes. @throws Error when it ends before it is ready
 */
export async function startShopProcess(
  options: ShopOptions,
  nodeOptions: string[] = [],
): Promise<ShopProcess> {
  const child = execaNode(join(import.meta.dirname, 'shop-child.ts'), [JSON.stringify(options)], {
    nodeOptions,
    // Read by resources/data/serverless.yml.
    env: options.redis
      ? { SHOP_REDIS_HOST: options.redis.host, SHOP_REDIS_PORT: String(options.redis.port) }
      : {},
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: true,
    detached: true,
    reject: false,
  });
  const shop = (await child.getOneMessage()) as RunningShop;
  return {
    shop,
    pid: child.pid ?? 0,
    exited: child,
    stop: async () => {
      child.nodeChildProcess.disconnect();
      await child;
    },
  };
}
