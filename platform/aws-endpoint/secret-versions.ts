import { randomUUID } from 'node:crypto';

/** One version of a secret. AWSCURRENT, AWSPREVIOUS and AWSPENDING are stages. */
export type SecretVersion = { versionId: string; value: string; stages: string[]; createdAt: Date };
export type Secret = { name: string; arn: string; createdAt: Date; versions: SecretVersion[] };
/** The store of the secrets; implemented in `platform/provision`. */
export type SecretsBackend = {
  /** By name or by ARN. */
  find(id: string): Secret | undefined;
  /** Stores the changes that were made to the versions of secrets. */
  save(): Promise<void>;
};

/** Secrets Manager retains about a hundred deprecated versions, which have no stage. */
const maxDeprecatedVersions = 100;

/**
 * Adds a version. Without stages it becomes AWSCURRENT, as the first one always does. Replaces a version that RotateSecret
 * created without a value.
 */
export function addVersion(
  secret: Pick<Secret, 'versions'>,
  value: string,
  {
    versionId = randomUUID(),
    stages,
  }: { versionId?: string | undefined; stages?: string[] | undefined } = {},
): SecretVersion {
  const pending = secret.versions.findIndex((each) => each.versionId === versionId && each.value === '');
  if (pending >= 0) secret.versions.splice(pending, 1);
  const version: SecretVersion = { versionId, value, stages: [], createdAt: new Date() };
  const first = secret.versions.length === 0;
  secret.versions.push(version);
  for (const stage of new Set([...(stages ?? ['AWSCURRENT']), ...(first ? ['AWSCURRENT'] : [])]))
    attachStage(secret, stage, versionId);
  const deprecated = secret.versions.filter((each) => each.stages.length === 0);
  for (const old of deprecated.slice(0, Math.max(0, deprecated.length - maxDeprecatedVersions)))
    secret.versions.splice(secret.versions.indexOf(old), 1);
  return version;
}

/** Moves a stage to a version; the old AWSCURRENT becomes AWSPREVIOUS. */
export function attachStage(secret: Pick<Secret, 'versions'>, stage: string, versionId: string): void {
  const holder = secret.versions.find(({ stages }) => stages.includes(stage));
  if (holder?.versionId === versionId) return;
  for (const version of secret.versions) version.stages = version.stages.filter((each) => each !== stage);
  secret.versions.find((version) => version.versionId === versionId)?.stages.push(stage);
  if (stage === 'AWSCURRENT' && holder) attachStage(secret, 'AWSPREVIOUS', holder.versionId);
}
