import { randomUUID } from 'node:crypto';
import {
  AwsError,
  type AwsResponse,
  type AwsService,
  type RequiredPermission,
  unsupportedOperation,
} from './call.ts';
import { type ErrorCodes, jsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';
import { addVersion, attachStage, type Secret, type SecretsBackend } from './secret-versions.ts';

const contentType = 'application/x-amz-json-1.1';
const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDeniedException', status: 400 },
  'unknown-operation': { code: 'UnknownOperationException', status: 400 },
  'unknown-caller': { code: 'UnrecognizedClientException', status: 400 },
  'invalid-signature': { code: 'InvalidSignatureException', status: 400 },
  throttled: { code: 'ThrottlingException', status: 400 },
  internal: { code: 'InternalServiceError', status: 500 },
};

type Input = {
  SecretId?: string;
  VersionId?: string;
  VersionStage?: string;
  VersionStages?: string[];
  SecretString?: string;
  ClientRequestToken?: string;
  MoveToVersionId?: string;
  RemoveFromVersionId?: string;
};

const operations: Record<string, (vault: SecretsBackend, input: Input) => object | Promise<object>> = {
  GetSecretValue: getValue,
  PutSecretValue: putValue,
  DescribeSecret: (vault, input) => description(require(vault, input)),
  UpdateSecretVersionStage: moveStage,
  RotateSecret: addPendingVersion,
};

/** Secrets Manager: values, versions and their stages. */
export function secretsManager(vault: SecretsBackend, region: string, accountId: string): AwsService {
  return {
    errorResponse: (error) => jsonError(error, errorCodes, contentType),
    read(awsRequest) {
      const target = String(awsRequest.headers['x-amz-target'] ?? '');
      const name = target.slice(target.indexOf('.') + 1);
      const work = operations[name];
      if (!work) throw unsupportedOperation(`Secrets Manager ${name}`);
      const input = jsonBody<Input>(awsRequest);
      return {
        name,
        requiredPermissions: [
          requiredPermission(name, input, vault, `arn:aws:secretsmanager:${region}:${accountId}:secret:`),
        ],
        async run(): Promise<AwsResponse> {
          const body = JSON.stringify(await work(vault, input));
          return {
            status: 200,
            headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
            body,
          };
        },
      };
    },
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
function requiredPermission(
  name: string,
  input: Input,
  vault: SecretsBackend,
  prefix: string,
): RequiredPermission {
  const id = input.SecretId ?? '';
  // The name of an unknown secret still decides between denied and not found.
  const resource = vault.find(id)?.arn ?? (id.startsWith('arn:') ? id : `${prefix}${id}`);
  const context: Record<string, string[]> = { 'secretsmanager:secretid': [id] };
  if (name === 'GetSecretValue')
    context['secretsmanager:versionstage'] = [input.VersionStage ?? 'AWSCURRENT'];
  if (input.VersionId) context['secretsmanager:versionid'] = [input.VersionId];
  return { action: `secretsmanager:${name}`, resource, context };
}

const notFound = (what: string) =>
  new AwsError(
    { code: 'ResourceNotFoundException', status: 400 },
    `Secrets Manager can't find the specified ${what}.`,
  );

function require(vault: SecretsBackend, input: Input): Secret {
  const secret = vault.find(input.SecretId ?? '');
  if (!secret) throw notFound('secret');
  return secret;
}

const seconds = (date: Date) => date.getTime() / 1000;

function getValue(vault: SecretsBackend, input: Input): object {
  const secret = require(vault, input);
  const stage = input.VersionStage ?? 'AWSCURRENT';
  const version = secret.versions.find((one) =>
    input.VersionId
      ? one.versionId === input.VersionId && (!input.VersionStage || one.stages.includes(stage))
      : one.stages.includes(stage),
  );
  if (!version?.value)
    throw notFound(`secret value for ${input.VersionId ? 'VersionId' : `staging label: ${stage}`}`);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.value,
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdAt),
  };
}

async function putValue(vault: SecretsBackend, input: Input): Promise<object> {
  const secret = require(vault, input);
  if (input.SecretString === undefined)
    throw new AwsError({ code: 'InvalidRequestException', status: 400 }, 'You must provide SecretString.');
  const again = secret.versions.find((one) => one.versionId === input.ClientRequestToken);
  if (again?.value && again.value !== input.SecretString)
    throw new AwsError(
      { code: 'ResourceExistsException', status: 400 },
      'You can’t use ClientRequestToken twice for different values.',
    );
  const version = again?.value
    ? again
    : addVersion(secret, input.SecretString, {
        versionId: input.ClientRequestToken,
        stages: input.VersionStages,
      });
  await vault.save();
  return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId, VersionStages: version.stages };
}

/**
 * Adds a version AWSPENDING without a value, as Secrets Manager does before it calls a rotation function. Here the
 * caller invokes the rotation function itself.
 */
async function addPendingVersion(vault: SecretsBackend, input: Input): Promise<object> {
  const secret = require(vault, input);
  const version = addVersion(secret, '', { versionId: input.ClientRequestToken, stages: ['AWSPENDING'] });
  await vault.save();
  return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId };
}

async function moveStage(vault: SecretsBackend, input: Input): Promise<object> {
  const secret = require(vault, input);
  const stage = input.VersionStage ?? '';
  const holder = secret.versions.find((one) => one.stages.includes(stage));
  if (
    holder &&
    input.MoveToVersionId &&
    holder.versionId !== input.RemoveFromVersionId &&
    holder.versionId !== input.MoveToVersionId
  )
    throw new AwsError(
      { code: 'InvalidParameterException', status: 400 },
      `The parameter RemoveFromVersionId must be ${holder.versionId}, which has the staging label ${stage}.`,
    );
  for (const id of [input.MoveToVersionId, input.RemoveFromVersionId])
    if (id && !secret.versions.some((one) => one.versionId === id)) throw notFound(`version ${id}`);
  if (input.MoveToVersionId) attachStage(secret, stage, input.MoveToVersionId);
  else if (holder?.versionId === input.RemoveFromVersionId)
    holder?.stages.splice(holder.stages.indexOf(stage), 1);
  await vault.save();
  return { ARN: secret.arn, Name: secret.name };
}

function description(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.versions.at(-1)?.createdAt ?? secret.createdAt),
    VersionIdsToStages: Object.fromEntries(secret.versions.map((one) => [one.versionId, one.stages])),
  };
}
