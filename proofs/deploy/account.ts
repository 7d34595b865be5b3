import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { Emulator } from './ministack.ts';

/** A resource as CloudFormation tells of it after a deployment. */
export type DeployedResource = { type: string; logicalId: string; physicalId: string };

/** What an operator looks up in the account, or does there by hand. */
export class Account {
  readonly settings: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  readonly lambda: LambdaClient;
  readonly s3: S3Client;

  /** @param region another than the emulator's own */
  constructor({ endpoint, region: own, environment }: Emulator, region: string = own) {
    const credentials = {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
    this.settings = { endpoint, region, credentials };
    this.lambda = new LambdaClient(this.settings);
    this.s3 = new S3Client(this.settings);
  }

  /** Names of the stacks that are there now. */
  async stacks(): Promise<string[]> {
    const names: string[] = [];
    const client = new CloudFormationClient(this.settings);
    for await (const page of paginateListStacks({ client }, {})) {
      for (const stack of page.StackSummaries ?? []) {
        if (stack.StackStatus !== 'DELETE_COMPLETE' && stack.StackName) names.push(stack.StackName);
      }
    }
    return names;
  }

  async resourcesOf(stackName: string): Promise<DeployedResource[]> {
    const client = new CloudFormationClient(this.settings);
    const answer = await client.send(new DescribeStackResourcesCommand({ StackName: stackName }));
    return (answer.StackResources ?? []).map((resource) => ({
      type: resource.ResourceType ?? '',
      logicalId: resource.LogicalResourceId ?? '',
      physicalId: resource.PhysicalResourceId ?? '',
    }));
  }

  /** The value of a secret. Throws AWS's error when there is none. */
  async secret(id: string): Promise<string> {
    const client = new SecretsManagerClient(this.settings);
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw new Error(`The secret ${id} holds no text.`);
    return SecretString;
  }

  /** Vouches for a domain that mail is sent from, as an operator does once per account by a DNS record. */
  async vouchForMailDomain(domain: string): Promise<void> {
    await new SESv2Client(this.settings).send(new CreateEmailIdentityCommand({ EmailIdentity: domain }));
  }

  /** Empties every bucket of this region, as a person does before a removal. */
  async emptyBuckets(): Promise<void> {
    for (const bucket of await this.buckets()) {
      const { LocationConstraint } = await this.s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
      // The oldest region has no name here (S3, GetBucketLocation).
      if ((LocationConstraint || 'us-east-1') === this.settings.region) await this.emptyBucket(bucket);
    }
  }

  /** Empties a bucket, since CloudFormation deletes none that holds objects. */
  async emptyBucket(bucket: string): Promise<void> {
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket })) {
      const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
      if (Objects.length > 0)
        await this.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    }
  }

  /** Names of all buckets, of every region. */
  async buckets(): Promise<string[]> {
    const { Buckets = [] } = await this.s3.send(new ListBucketsCommand({}));
    return Buckets.flatMap(({ Name }) => Name ?? []);
  }

  /** A call to a service that has no client here; the emulator takes the operator's key without a signature. */
  async ask(
    service: string,
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<string> {
    const { endpoint, region, credentials } = this.settings;
    const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
    const contentType =
      service === 'iam' ? 'application/x-www-form-urlencoded' : 'application/x-amz-json-1.1';
    const answer = await fetch(`${endpoint}${path}`, {
      method,
      headers: {
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        'Content-Type': contentType,
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} answered ${answer.status}: ${text}`);
    return text;
  }
}
