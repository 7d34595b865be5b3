import { randomBytes } from 'node:crypto';
import type { Caller } from './call.ts';

/** Credentials in the form that the SDKs take. */
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

export type CredentialRegistry = {
  /** Credentials of a function, the same for every call until the platform ends. */
  credentialsFor(functionName: string): Credentials;
  /** Credentials that may do everything, for the platform's own scripts. */
  operator: Credentials;
  find(accessKeyId: string): Caller | undefined;
};

/** Issues random credentials that are valid until the process ends, as the temporary ones of a Lambda environment. */
export function credentialRegistry(): CredentialRegistry {
  const callers = new Map<string, Caller>();
  const byFunction = new Map<string, Credentials>();
  const issue = (name: string, operator: boolean): Credentials => {
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: randomBytes(32).toString('base64url'),
    };
    callers.set(credentials.accessKeyId, { name, operator, ...credentials });
    return credentials;
  };
  return {
    credentialsFor(name) {
      const credentials = byFunction.get(name) ?? issue(name, false);
      byFunction.set(name, credentials);
      return credentials;
    },
    operator: issue('operator', true),
    find: (accessKeyId) => callers.get(accessKeyId),
  };
}
