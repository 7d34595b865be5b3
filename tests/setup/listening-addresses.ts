import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The TCP addresses on which a process and its children listen, from Linux's /proc: `127.0.0.1:3000`. */
export function listeningAddresses(pid: number): string[] {
  const inodes = new Set(treeOf(pid).flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => state === listening && inodes.has(inode))
      .map(([, local = '']) => addressOf(local)),
  );
}

/** TCP_LISTEN of the kernel's net/tcp_states.h. */
const listening = '0A';

function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return [pid, ...children.filter(Boolean).flatMap((child) => treeOf(Number(child)))];
}

const socketsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed in the meantime
    }
  });

/** The kernel writes an IPv4 address as a little-endian number: `0100007F:0BB8`. */
function addressOf(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes = address.length === 8 ? Buffer.from(address, 'hex').toReversed().join('.') : `[${address}]`;
  return `${bytes}:${Number.parseInt(port, 16)}`;
}
