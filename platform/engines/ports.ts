import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { StartError } from '../../build/start-error.ts';

/**
 * Checks that a port is free, or finds a free one for 0, just before an engine starts: some engines cannot report a port
 * that the operating system chose.
 * @throws StartError when the requested port is in use
 */
export async function choosePort(name: string, requested = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  try {
    server.listen(requested, host);
    await once(server, 'listening');
  } catch (error) {
    throw explainListenError(error, name, requested);
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Converts an error of `listen` into one that says what to do; returns other errors unchanged. */
export function explainListenError(error: unknown, name: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'EADDRINUSE')
    return new StartError(
      `Port ${port} for ${name} is in use: stop what listens there, or choose another port.`,
    );
  if (code === 'EACCES')
    return new StartError(`Port ${port} for ${name} is not allowed for this user: choose one above 1023.`);
  return error;
}

/** A first start writes about 45 MB of PostgreSQL files. */
const requiredBytes = 200 * 1024 * 1024;

/** `folder` must exist. @throws StartError when its disk has less than 200 MB of free space */
export async function requireFreeSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < requiredBytes)
    throw new StartError(
      `Only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB are free at ${folder}: free at least 200 MB, or choose another data folder.`,
    );
}
