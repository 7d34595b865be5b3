import * as z from 'zod';
import type { SecretSpec } from '../deployment.ts';
import {
  cfnBoolean,
  cfnNumber,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';

const generate = z.strictObject({
  SecretStringTemplate: z.string(),
  GenerateStringKey: z.string(),
  PasswordLength: cfnNumber.default(32),
  ExcludePunctuation: cfnBoolean.refine(Boolean, 'the local platform generates no punctuation'),
});
const properties = z.strictObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generate.optional(),
});

/** Reads AWS::SecretsManager::Secret; lengths and exclusions have Secrets Manager's defaults. */
export function readSecret(resource: ResolvedResource): SecretSpec {
  const { Name, SecretString, GenerateSecretString: made } = parseProperties(properties, resource);
  return present({
    ...originOf(resource),
    name: Name ?? `${resource.stack}-${resource.logicalId}`,
    arn: resource.value('ref'),
    value: SecretString,
    generate: made && {
      template: made.SecretStringTemplate,
      key: made.GenerateStringKey,
      length: made.PasswordLength,
    },
  });
}
