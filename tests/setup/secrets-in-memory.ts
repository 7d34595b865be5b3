import { randomUUID } from 'node:crypto';
import type { Secret, SecretVault } from '../../local/front-door/secrets-manager.ts';

/** Secrets whose names begin so are there as soon as somebody asks for them, each without a value. */
const prefix = 'test/';

/** A vault for one test run: a suite makes up a name of its own and has a secret. */
export function secretsInMemory(): SecretVault {
  const secrets = new Map<string, Secret>();
  const find = (id: string): Secret | undefined => {
    if (!secrets.has(id) && id.startsWith(prefix))
      secrets.set(id, {
        name: id,
        arn: `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${id}`,
        createdAt: new Date(),
        versions: [],
      });
    return secrets.get(id);
  };
  return {
    find,
    list: () => [...secrets.values()],
    put: (name, value, { versionId = randomUUID(), stages = ['AWSCURRENT'] }) => {
      const version = { versionId, value, stages, createdAt: new Date() };
      const secret = find(name);
      if (secret === undefined) throw new Error(`there is no secret ${name}`);
      for (const older of secret.versions)
        older.stages = older.stages.filter((stage) => !stages.includes(stage));
      secret.versions.push(version);
      return version;
    },
    moveStage: () => {
      throw new Error('no suite moves stages');
    },
  };
}
