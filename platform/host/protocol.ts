/**
 * The protocol between the platform and a Lambda host: one frame per line over a socket pair, a JSON header and, after
 * a tab, a payload in JSON text. JSON text needs no raw tab or line break, so a payload is not encoded twice.
 */

import type { Socket } from 'node:net';

/** What a host needs to run one function; sent once per host and again when the bundle changes. */
export type FunctionDefinition = {
  name: string;
  arn: string;
  /** Absolute path of the bundle (.mjs). */
  bundle: string;
  /** Content version of the bundle: another version is another module. */
  version: string;
  exportName: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  logGroup: string;
  logFile: string;
};

/** Platform to host. */
export type HostCommand =
  | { t: 'define'; definition: FunctionDefinition }
  | { t: 'invoke'; id: number; name: string; instance: number; requestId: string; traceId: string }
  | { t: 'retire'; name: string; instance: number }
  | { t: 'ping' };

/** Host to platform. `started` comes once the module is loaded, and only when it had to be loaded. */
export type HostReport =
  | { t: 'ready' }
  | { t: 'started'; id: number }
  | { t: 'done'; id: number; failed: boolean }
  | { t: 'notice'; name: string; level: 'warn' | 'error'; line: string }
  | { t: 'pong' };

/** Writes one frame; false after the other side has closed the socket. */
export function sendFrame(socket: Socket, header: HostCommand | HostReport, payload = ''): boolean {
  if (!socket.writable) return false;
  const text = JSON.stringify(header);
  socket.write(payload === '' ? `${text}\n` : `${text}\t${payload}\n`);
  return true;
}

/** Calls `onFrame` for each complete frame. Only new chunks are searched for the line end, as payloads may be large. */
export function readFrames<Header>(socket: Socket, onFrame: (header: Header, payload: string) => void): void {
  let pieces: string[] = [];
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      const rest = chunk.slice(from, end);
      const line = pieces.length === 0 ? rest : pieces.join('') + rest;
      pieces = [];
      from = end + 1;
      const tab = line.indexOf('\t');
      if (tab === -1) onFrame(JSON.parse(line) as Header, '');
      else onFrame(JSON.parse(line.slice(0, tab)) as Header, line.slice(tab + 1));
    }
    if (from < chunk.length) pieces.push(chunk.slice(from));
  });
}

/** The same JSON text without raw line breaks and tabs, which would end a frame. Throws on invalid JSON. */
export function onOneLine(json: string): string {
  return /[\n\r\t]/.test(json) ? JSON.stringify(JSON.parse(json)) : json;
}
