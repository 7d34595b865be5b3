import { createHmac, randomBytes } from 'node:crypto';
import type { Caller } from './call.ts';

/** What a caller signs with; the shape in which the SDKs take credentials. */
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

export type CredentialRegistry = {
  /** Credentials of a function, the same at every call until the platform ends. */
  credentialsFor(functionName: string): Credentials;
  /** Credentials that may do everything, for the platform's own scripts. */
  operator: Credentials;
  find(accessKeyId: string): Caller | undefined;
};

/**
 * Makes credentials from a seed that lives as long as the process: nothing to store, and those of an earlier start
 * are worth nothing, as with the temporary ones of a Lambda environment (`ASIA…`).
 */
export function credentialRegistry(seed: Buffer = randomBytes(32)): CredentialRegistry {
  const callers = new Map<string, Caller>();
  const derive = (purpose: string, name: string) =>
    createHmac('sha256', seed).update(`${purpose}:${name}`).digest();
  const issue = (name: string, operator: boolean): Caller => {
    const accessKeyId = `ASIA${base32(derive('id', `${operator}:${name}`)).slice(0, 16)}`;
    const known = callers.get(accessKeyId);
    if (known) return known;
    const caller: Caller = {
      name,
      operator,
      accessKeyId,
      secretAccessKey: derive('secret', `${operator}:${name}`).toString('base64url').slice(0, 40),
      sessionToken: derive('session', `${operator}:${name}`).toString('base64url'),
    };
    callers.set(accessKeyId, caller);
    return caller;
  };
  const credentials = ({ accessKeyId, secretAccessKey, sessionToken }: Caller): Credentials => ({
    accessKeyId,
    secretAccessKey,
    sessionToken,
  });
  return {
    credentialsFor: (name) => credentials(issue(name, false)),
    operator: credentials(issue('operator', true)),
    find: (accessKeyId) => callers.get(accessKeyId),
  };
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base32 = (bytes: Buffer) => [...bytes].map((byte) => base32Alphabet[byte & 31]).join('');
