import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { StartError } from '../../build/start-error.ts';

/**
 * The port an engine will listen on: the wanted one if it is free, or any free one for 0.
 * Some engines cannot report a port that the system chose, so it is chosen here, a moment before they start.
 * @throws StartError when the wanted port is in use
 */
export async function choosePort(name: string, wanted = 0): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw explainListenError(error, name, wanted);
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : wanted;
}

/** Turns the system's answer to `listen` into a line that says what to do; other errors stay as they are. */
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

/** A first start writes about 45 MB of PostgreSQL files; less than this and it would stop half-way. */
const requiredBytes = 200 * 1024 * 1024;

/** @throws StartError when the disk that holds `folder` (which exists) has too little room for the engines */
export async function requireFreeSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < requiredBytes)
    throw new StartError(
      `Only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB are free at ${folder}: free at least 200 MB, or choose another data folder.`,
    );
}
