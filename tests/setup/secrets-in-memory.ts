import type { Secret, SecretsBackend } from '../../platform/aws-endpoint/secrets-manager.ts';
import { addVersion, attachStage } from '../../platform/provision/secret-versions.ts';

/** Secrets with this name prefix are created without a value when they are first read. */
const prefix = 'test/';

/** A secret store for one test run: any name with the prefix is a secret. */
export function secretsInMemory(): SecretsBackend {
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
  const required = (name: string): Secret => {
    const secret = find(name);
    if (secret === undefined) throw new Error(`there is no secret ${name}`);
    return secret;
  };
  return {
    find,
    put: (name, value, options) => addVersion(required(name), value, options),
    moveStage: (name, stage, { from, to }) => {
      if (to !== undefined) return attachStage(required(name), stage, to);
      for (const version of required(name).versions)
        if (version.versionId === from) version.stages = version.stages.filter((each) => each !== stage);
    },
  };
}
