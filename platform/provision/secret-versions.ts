import { randomUUID } from 'node:crypto';
import type { SecretVersion } from '../aws-endpoint/secrets-manager.ts';

/** A secret as far as its versions need it. */
type Versioned = { versions: SecretVersion[] };

/** Versions without a stage are deprecated; Secrets Manager keeps about a hundred of them. */
const maxVersions = 100;

/**
 * Adds a version. Without stages it becomes AWSCURRENT, as the first one always does. One that was announced without
 * a value (RotateSecret) gets it.
 */
export function addVersion(
  secret: Versioned,
  value: string,
  { versionId = randomUUID(), stages }: { versionId?: string; stages?: string[] },
): SecretVersion {
  const announced = secret.versions.findIndex((each) => each.versionId === versionId && each.value === '');
  if (announced >= 0) secret.versions.splice(announced, 1);
  const version: SecretVersion = { versionId, value, stages: [], createdAt: new Date() };
  const first = secret.versions.length === 0;
  secret.versions.push(version);
  for (const stage of new Set([...(stages ?? ['AWSCURRENT']), ...(first ? ['AWSCURRENT'] : [])]))
    giveStage(secret, stage, versionId);
  const deprecated = secret.versions.filter((each) => each.stages.length === 0);
  for (const old of deprecated.slice(0, Math.max(0, deprecated.length - maxVersions)))
    secret.versions.splice(secret.versions.indexOf(old), 1);
  return version;
}

/** Gives one stage to a version; AWSCURRENT leaves AWSPREVIOUS behind. */
export function giveStage(secret: Versioned, stage: string, versionId: string): void {
  const holder = secret.versions.find(({ stages }) => stages.includes(stage));
  if (holder?.versionId === versionId) return;
  for (const version of secret.versions) version.stages = version.stages.filter((each) => each !== stage);
  secret.versions.find((version) => version.versionId === versionId)?.stages.push(stage);
  if (stage === 'AWSCURRENT' && holder) giveStage(secret, 'AWSPREVIOUS', holder.versionId);
}
