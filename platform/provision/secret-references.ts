import type { Deployment, FunctionSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import type { SecretStore } from './secret-store.ts';

const referencePattern = /\{\{resolve:([^}]+)\}\}/g;

/**
 * Replaces `{{resolve:secretsmanager:…}}` in the functions' environments with the secrets' values, as CloudFormation does
 * on deployment.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 * @throws StartError for a missing secret or key, and for other kinds of references
 */
export function withSecretValues(deployment: Deployment, secrets: SecretStore): Deployment {
  return { ...deployment, functions: deployment.functions.map((each) => resolveEnvironment(each, secrets)) };
}

function resolveEnvironment(spec: FunctionSpec, secrets: SecretStore): FunctionSpec {
  const entries = Object.entries(spec.environment);
  if (!entries.some(([, value]) => value.includes('{{resolve:'))) return spec;
  const environment = entries.map(([name, value]) => [
    name,
    value.replaceAll(referencePattern, (_whole, reference: string) => {
      try {
        return resolveReference(reference, secrets);
      } catch (error) {
        throw new StartError(`${spec.stack} / ${spec.logicalId}: ${name}: ${(error as Error).message}`);
      }
    }),
  ]);
  return { ...spec, environment: Object.fromEntries(environment) as Record<string, string> };
}

/** `secretsmanager:id:SecretString:key:stage:version`; an ARN as the id contains colons. */
function resolveReference(reference: string, secrets: SecretStore): string {
  const [service, ...rest] = reference.split(':');
  if (service !== 'secretsmanager') throw new StartError(`{{resolve:${reference}}} is not resolved locally.`);
  const idParts = rest[0] === 'arn' ? 7 : 1;
  const id = rest.slice(0, idParts).join(':');
  const [, key = '', stage = '', version = ''] = rest.slice(idParts);
  const found = secrets
    .find(id)
    ?.versions.find((each) =>
      version ? each.versionId === version : each.stages.includes(stage || 'AWSCURRENT'),
    );
  if (!found) throw new StartError(`the secret ${id} has no such version.`);
  if (!key) return found.value;
  const value = (JSON.parse(found.value) as Record<string, unknown>)[key];
  if (value === undefined) throw new StartError(`the secret ${id} has no key ${key}.`);
  return String(value);
}
