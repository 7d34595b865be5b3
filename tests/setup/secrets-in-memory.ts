import type { Secret, SecretsBackend } from '../../platform/aws-endpoint/secret-versions.ts';

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
  return { find, save: () => Promise.resolve() };
}
