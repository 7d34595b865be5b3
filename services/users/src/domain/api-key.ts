import { createHash, randomBytes } from 'node:crypto';
import { type Permission, parsePermissions, permissionsOf, type Role } from '#shared/auth/permissions.ts';

/** A key by which a program calls the API, without its secret. */
export type ApiKey = {
  id: string;
  name: string;
  permissions: readonly Permission[];
  /** The account of the person who created it. */
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  /** Accurate to a minute. */
  lastUsedAt?: Date;
};

/** How long an expired key is listed, so that whoever looks for the cause of a refusal finds it. */
export const keepExpiredMs = 30 * 24 * 60 * 60 * 1000;

/** Random bytes of a secret: not guessable, so a fast hash is sufficient. */
const secretBytes = 32;
const secretHashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A new key as its owner sends it, `shop_<id>_<secret>`, and the hash of its secret, which is all that is stored. */
export function newSecret(id: string): { key: string; secretHash: Buffer } {
  const secret = randomBytes(secretBytes).toString('base64url');
  return { key: `shop_${id.replaceAll('-', '')}_${secret}`, secretHash: secretHashOf(secret) };
}

const form = /^shop_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** Whether a credential is meant as an API key: no access token begins so. */
export const isApiKey = (credential: string): boolean => credential.startsWith('shop_');

/** Reads a key; undefined if it does not have the form of one. */
export function parseApiKey(key: string): { id: string; secretHash: Buffer } | undefined {
  const [, ...parts] = form.exec(key) ?? [];
  const secret = parts.pop();
  return secret === undefined ? undefined : { id: parts.join('-'), secretHash: secretHashOf(secret) };
}

/** What a key may do: what it was given, as far as its creator may do it now. */
export function effectivePermissions(
  given: readonly string[],
  creatorRoles: readonly Role[],
): Set<Permission> {
  const held = permissionsOf(creatorRoles);
  return new Set([...parsePermissions(given.join(','))].filter((permission) => held.has(permission)));
}
