import { randomInt } from 'node:crypto';
import { platform } from 'node:os';
import { StartError } from '../../build/start-error.ts';
import { choosePort } from './ports.ts';

/**
 * Ports to which no browser sends a request, whatever a page asks for: the Fetch standard's bad ports
 * (https://fetch.spec.whatwg.org/#port-blocking) above 1023, without those that other programs often use (X11, NFS, SIP)
 * and without 4190 and 6679, which Chromium 156 does not refuse.
 */
export const portsClosedToBrowsers = [
  1719, 1720, 1723, 3659, 4045, 5061, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080,
] as const;

/**
 * An address for an engine that cannot authenticate its callers: a port that browsers refuse, and, where the whole of
 * 127.0.0.0/8 is loopback, one of 16 million hosts, so that no program finds the engine by trying.
 * @throws StartError when all of these ports are in use
 */
export async function unreachableAddress(name: string): Promise<{ host: string; port: number }> {
  const host =
    platform() === 'darwin' ? '127.0.0.1' : `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const start = randomInt(portsClosedToBrowsers.length);
  for (const port of [...portsClosedToBrowsers.slice(start), ...portsClosedToBrowsers.slice(0, start)]) {
    if (await isFree(name, port, host)) return { host, port };
  }
  throw new StartError(
    `No port is free for ${name}: stop one of the programs on the ports ${portsClosedToBrowsers.join(', ')}.`,
  );
}

/** dynoxide also refuses a port that is in use at 127.0.0.1. */
async function isFree(name: string, port: number, host: string): Promise<boolean> {
  try {
    await Promise.all([...new Set([host, '127.0.0.1'])].map((each) => choosePort(name, port, each)));
    return true;
  } catch (error) {
    if (error instanceof StartError) return false;
    throw error;
  }
}
