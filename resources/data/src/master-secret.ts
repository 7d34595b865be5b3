import { randomBytes } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The login of a server's master user; other members of the secret are preserved. */
const login = z.looseObject({
  username: z.string().min(1),
  password: z.string().min(1),
  host: z.string().min(1),
  port: z.coerce.number().int(),
});
export type Login = z.output<typeof login>;

/** One rotation of one master's secret: the version that Secrets Manager has named for it. */
export type MasterSecret = {
  /** Where the version stands. @throws Error if it is not one of this secret's */
  state(): Promise<'pending' | 'current'>;
  /** The login under a stage, or undefined where there is none. */
  login(stage: 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS'): Promise<Login | undefined>;
  /** Keeps a new password for the same master. */
  propose(current: Login): Promise<void>;
  /** Makes the version the one that everybody reads. */
  makeCurrent(): Promise<void>;
};

/** A password that RDS accepts: letters, digits, `-` and `_`; 256 bits. */
const newPassword = (): string => randomBytes(32).toString('base64url');

/** See {@link MasterSecret}. @param version the token of the rotation, which is the version's id */
export function masterSecret(client: SecretsManagerClient, SecretId: string, version: string): MasterSecret {
  const stages = async (): Promise<Record<string, string[]>> =>
    (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};
  return {
    state: async () => {
      const own = (await stages())[version] ?? [];
      if (own.includes('AWSCURRENT')) return 'current';
      if (own.includes('AWSPENDING')) return 'pending';
      throw new Error(`version ${version} of ${SecretId} is not up for rotation`);
    },
    login: async (VersionStage) => {
      try {
        const VersionId = VersionStage === 'AWSPENDING' ? version : undefined;
        const found = await client.send(
          new GetSecretValueCommand({ SecretId, VersionStage, ...(VersionId ? { VersionId } : {}) }),
        );
        return login.parse(JSON.parse(found.SecretString ?? '{}'));
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    propose: async (current) => {
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken: version,
          SecretString: JSON.stringify({ ...current, password: newPassword() }),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    makeCurrent: async () => {
      const current = Object.entries(await stages()).find(([, names]) => names.includes('AWSCURRENT'))?.[0];
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: version,
          ...(current ? { RemoveFromVersionId: current } : {}),
        }),
      );
    },
  };
}
