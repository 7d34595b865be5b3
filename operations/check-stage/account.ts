import { APIGatewayClient, GetAccountCommand as GetApiAccountCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListHostedZonesByNameCommand, Route53Client } from '@aws-sdk/client-route-53';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { engineVersions, type PinnedEngine } from './engine-versions.ts';
import type { Quota } from './quotas.ts';

/** A deployed stack and its status (`CREATE_COMPLETE` …). */
export type StackState = { name: string; status: string };

/** The account whose credentials are used. */
export type Caller = { partition: string; accountId: string };

/** Reads one account in one region; each method throws AWS's error. */
export type AwsAccount = ReturnType<typeof accountReader>;

/** Short timeouts, because the checks are interactive. */
const limits = { maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 } };

/** Uses the caller's credentials (AWS_PROFILE …); changes nothing. */
export function accountReader(region: string) {
  const settings = { region, ...limits };
  return {
    async caller(): Promise<{ account: string; arn: string }> {
      const { Account = '', Arn = '' } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
      return { account: Account, arn: Arn };
    },

    /** Every stack of the region. */
    async stacks(): Promise<StackState[]> {
      const found: StackState[] = [];
      const client = new CloudFormationClient(settings);
      for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
        for (const { StackName = '', StackStatus = '' } of Stacks)
          found.push({ name: StackName, status: StackStatus });
      return found;
    },

    /** Whether API Gateway has a role in this region with which it writes access logs. */
    async writesAccessLogs(): Promise<boolean> {
      const { cloudwatchRoleArn } = await new APIGatewayClient(settings).send(new GetApiAccountCommand({}));
      return cloudwatchRoleArn !== undefined;
    },

    /** The region's limit of concurrent invocations. */
    async concurrency(): Promise<number> {
      const { AccountLimit } = await new LambdaClient(settings).send(new GetAccountSettingsCommand({}));
      return AccountLimit?.ConcurrentExecutions ?? 0;
    },

    /** The account's value of a quota, or AWS's default if the account has none. */
    async quota({ service, code, region: ownRegion }: Quota): Promise<number> {
      const client = new ServiceQuotasClient({ ...settings, region: ownRegion ?? region });
      const input = { ServiceCode: service, QuotaCode: code };
      const { Quota } = await client
        .send(new GetServiceQuotaCommand(input))
        .catch((error: Error) =>
          error.name === 'NoSuchResourceException'
            ? client.send(new GetAWSDefaultServiceQuotaCommand(input))
            : Promise.reject(error),
        );
      if (Quota?.Value === undefined) throw new Error(`no value for ${code}`);
      return Quota.Value;
    },

    /** The ids of the zones in which the account can create subnets. */
    async zones(ownRegion: string): Promise<string[]> {
      const client = new EC2Client({ ...settings, region: ownRegion });
      const { AvailabilityZones = [] } = await client.send(
        new DescribeAvailabilityZonesCommand({
          Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }],
        }),
      );
      return AvailabilityZones.filter(({ State }) => State === 'available')
        .map(({ ZoneId = '' }) => ZoneId)
        .toSorted();
    },

    /** The versions of an engine that can be created; withdrawn ones are not listed. */
    engineVersions: (engine: PinnedEngine): Promise<string[]> => engineVersions(engine, settings),

    async vpcs(): Promise<number> {
      const { Vpcs = [] } = await new EC2Client(settings).send(new DescribeVpcsCommand({}));
      return Vpcs.length;
    },

    async addresses(): Promise<number> {
      const { Addresses = [] } = await new EC2Client(settings).send(new DescribeAddressesCommand({}));
      return Addresses.length;
    },

    /** Whether mail may be sent to any address; in the sandbox of a new account only to verified ones. */
    async mailsToAnybody(): Promise<boolean> {
      const { ProductionAccessEnabled } = await new SESv2Client(settings).send(new GetAccountCommand({}));
      return ProductionAccessEnabled === true;
    },

    /** Whether a domain is verified with SES. */
    async mailsFrom(domain: string): Promise<boolean> {
      try {
        const identity = await new SESv2Client(settings).send(
          new GetEmailIdentityCommand({ EmailIdentity: domain }),
        );
        return identity.VerifiedForSendingStatus === true;
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundException') return false;
        throw error;
      }
    },

    /** The physical id of a stack's resource; undefined when there is none. */
    async createdBy(name: string, logicalId: string, stackRegion = region): Promise<string | undefined> {
      try {
        const client = new CloudFormationClient({ ...settings, region: stackRegion });
        const { StackResourceDetail } = await client.send(
          new DescribeStackResourceCommand({ StackName: name, LogicalResourceId: logicalId }),
        );
        return StackResourceDetail?.PhysicalResourceId;
      } catch (error) {
        // The same message for a missing stack and a stack without the resource.
        if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
        throw error;
      }
    },

    /** The actions that a managed policy allows; undefined when it does not exist. */
    async policyActions(arn: string): Promise<string[] | undefined> {
      const iam = new IAMClient(settings);
      try {
        const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
        const { PolicyVersion } = await iam.send(
          new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
        );
        const { Statement } = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')) as {
          Statement: { Effect: string; Action: string | string[] }[];
        };
        return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined;
        throw error;
      }
    },

    /** The audiences of an OIDC provider; undefined when the account has none of this ARN. */
    async providerAudiences(arn: string): Promise<string[] | undefined> {
      try {
        const { ClientIDList = [] } = await new IAMClient(settings).send(
          new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
        );
        return ClientIDList;
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined;
        throw error;
      }
    },

    /** Whether a bucket of this name exists, in this account or another. */
    async bucketExists(name: string, bucketRegion: string): Promise<boolean> {
      try {
        const s3 = new S3Client({ ...settings, region: bucketRegion, followRegionRedirects: true });
        await s3.send(new HeadBucketCommand({ Bucket: name }));
        return true;
      } catch (error) {
        // The response has no body, so only its status says why: 403 is a bucket of another account.
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status === 404 || status === 403) return status === 403;
        throw error;
      }
    },

    /** The ids of the account's public hosted zones for a domain. */
    async zonesOf(domain: string): Promise<string[]> {
      const { HostedZones = [] } = await new Route53Client(settings).send(
        new ListHostedZonesByNameCommand({ DNSName: domain }),
      );
      return HostedZones.filter(
        ({ Name, Config }) => Name === `${domain}.` && Config?.PrivateZone !== true,
      ).map(({ Id = '' }) => Id.replace('/hostedzone/', ''));
    },
  };
}
