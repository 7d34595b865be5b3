import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectsCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { Emulator } from './ministack.ts';

export type DeployedResource = { type: string; logicalId: string; physicalId: string };

/** An operator's access to one region of the emulated account. */
export class Account {
  readonly settings: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  readonly lambda: LambdaClient;
  readonly s3: S3Client;

  /** @param region default: the emulator's own */
  constructor({ endpoint, region: own, environment }: Emulator, region: string = own) {
    const credentials = {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
    this.settings = { endpoint, region, credentials };
    this.lambda = new LambdaClient(this.settings);
    this.s3 = new S3Client(this.settings);
  }

  /** Names of the stacks that are not deleted. */
  async stacks(): Promise<string[]> {
    const names: string[] = [];
    const client = new CloudFormationClient(this.settings);
    for await (const { StackSummaries = [] } of paginateListStacks({ client }, {}))
      for (const { StackStatus, StackName } of StackSummaries)
        if (StackStatus !== 'DELETE_COMPLETE' && StackName) names.push(StackName);
    return names;
  }

  async resourcesOf(stackName: string): Promise<DeployedResource[]> {
    const client = new CloudFormationClient(this.settings);
    const { StackResources = [] } = await client.send(
      new DescribeStackResourcesCommand({ StackName: stackName }),
    );
    return StackResources.map(
      ({ ResourceType: type = '', LogicalResourceId: logicalId = '', PhysicalResourceId = '' }) => ({
        type,
        logicalId,
        physicalId: PhysicalResourceId,
      }),
    );
  }

  /** The value of a secret. @throws AWS's error when there is none */
  async secret(id: string): Promise<string> {
    const client = new SecretsManagerClient(this.settings);
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw new Error(`The secret ${id} has no text value.`);
    return SecretString;
  }

  /** Verifies a domain for sending mail, as an operator does once per account with a DNS record. */
  async verifyMailDomain(domain: string): Promise<void> {
    await new SESv2Client(this.settings).send(new CreateEmailIdentityCommand({ EmailIdentity: domain }));
  }

  /** Empties a bucket; CloudFormation deletes only empty buckets. */
  async emptyBucket(bucket: string): Promise<void> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket })) {
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length > 0)
        await this.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    }
  }

  /** Names of the buckets of all regions. */
  async buckets(): Promise<string[]> {
    const { Buckets = [] } = await this.s3.send(new ListBucketsCommand({}));
    return Buckets.flatMap(({ Name }) => Name ?? []);
  }

  /** Calls a service for which the project has no SDK client; the emulator does not check the signature. */
  async request(
    service: string,
    call: { method?: 'GET' | 'POST'; path?: string; body?: string; target?: string },
  ): Promise<string> {
    const { method = 'POST', path = '/', body = '{}', target } = call;
    const { endpoint, region, credentials } = this.settings;
    const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
    const contentType =
      service === 'iam' ? 'application/x-www-form-urlencoded' : 'application/x-amz-json-1.1';
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: {
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        'Content-Type': contentType,
        ...(target === undefined ? {} : { 'X-Amz-Target': target }),
      },
      ...(method === 'GET' ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} returned ${response.status}: ${text}`);
    return text;
  }
}
