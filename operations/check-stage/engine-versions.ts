import { ElastiCacheClient, paginateDescribeCacheEngineVersions } from '@aws-sdk/client-elasticache';
import { paginateDescribeDBEngineVersions, RDSClient, type RDSClientConfig } from '@aws-sdk/client-rds';

/** A pinned version of a managed engine: `postgres 15.18` of RDS, `redis 7.1` of ElastiCache. */
export type PinnedEngine = {
  service: 'rds' | 'elasticache';
  engine: string;
  version: string;
  region: string;
};

/** The versions of an engine that its service creates in a region, in the service's order. */
export async function engineVersions(
  { service, engine, region }: PinnedEngine,
  settings: Pick<RDSClientConfig, 'maxAttempts' | 'requestHandler'>,
): Promise<string[]> {
  const versions: string[] = [];
  if (service === 'rds') {
    const client = new RDSClient({ ...settings, region });
    for await (const { DBEngineVersions = [] } of paginateDescribeDBEngineVersions(
      { client },
      { Engine: engine },
    ))
      for (const { EngineVersion, Status } of DBEngineVersions)
        if (Status !== 'deprecated') versions.push(EngineVersion ?? '');
    return versions;
  }
  const client = new ElastiCacheClient({ ...settings, region });
  for await (const { CacheEngineVersions = [] } of paginateDescribeCacheEngineVersions(
    { client },
    { Engine: engine },
  ))
    for (const { EngineVersion = '' } of CacheEngineVersions) versions.push(EngineVersion);
  return versions;
}
