import type { ClientMessage } from './postgres-wire.ts';

/** What pins a session to its client (RDS, "Avoiding pinning an RDS Proxy", conditions for PostgreSQL). */
const pins = [
  /^\s*(SET|RESET|DISCARD|LISTEN|UNLISTEN|NOTIFY|PREPARE|EXECUTE|DEALLOCATE|DECLARE|LOAD)\b/i,
  /\bpg_(try_)?advisory_lock(_shared)?\s*\(/i,
  /\bset_config\s*\(/i,
  /\bCREATE\s+(GLOBAL\s+|LOCAL\s+)?(TEMP|TEMPORARY)\b/i,
  /\b(next|curr|last|set)val\s*\(/i,
];

/** Why a client's message would pin its session; undefined when it would not. */
export function pinReason({ type, body }: ClientMessage): string | undefined {
  if (type === 'Q') return pinning(text(body, 0));
  if (type !== 'P') return undefined;
  const name = text(body, 0);
  if (name !== '') return `a named statement (${name})`;
  return pinning(text(body, 1));
}

function pinning(statement: string): string | undefined {
  return statement.split(';').find((one) => pins.some((pin) => pin.test(one)));
}

const text = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));
