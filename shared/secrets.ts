import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { lazy } from './lazy.ts';

const client = lazy(() => new SecretsManagerClient({}));

/** How long a process uses a value before it reads the secret again: short enough to follow a rotation. */
export const secretCacheMs = 5 * 60 * 1000;
const cached = new Map<string, { value: Promise<string | undefined>; readAt: number }>();

/** Returns a secret's current value, cached for five minutes unless `fresh`; undefined if it has none yet. */
export async function readSecret(id: string, { fresh = false } = {}): Promise<string | undefined> {
  const known = cached.get(id);
  if (!fresh && known !== undefined && Date.now() - known.readAt < secretCacheMs) return known.value;
  const value = fetchSecret(id);
  cached.set(id, { value, readAt: Date.now() });
  value.catch(() => cached.delete(id));
  return value;
}

async function fetchSecret(id: string): Promise<string | undefined> {
  try {
    return (await client().send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
  } catch (error) {
    // AWS returns the same error for a secret without a version as for a missing one.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Writes a secret's new current value; the previous one remains readable as AWSPREVIOUS. */
export async function writeSecret(id: string, value: string): Promise<void> {
  await client().send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  cached.delete(id);
}
