import type { Deployment } from '../../build/deployment.ts';
import type { AwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import type { HostPool } from '../host/host-pool.ts';
import type { LogLevel, PlatformOptions } from './options.ts';

export type StartOptions = PlatformOptions & {
  log: (level: LogLevel, line: string) => void;
  /** Stacks in order, relative to the root; the default is the order of `serverless-compose.yml`. */
  stacks?: string[];
  /** False for stacks without PostgreSQL. */
  database?: boolean;
  /** PostgreSQL settings that override the platform's own. */
  databaseSettings?: Readonly<Record<string, string>>;
  /** Called when an engine exits unexpectedly: the platform no longer works and should be stopped. */
  onUnexpectedExit?: (reason: string) => void;
};

/** A running shop. Addresses are `http://127.0.0.1:port`. */
export type Platform = {
  apiUrl: string;
  consoleUrl: string;
  /** Required by the control interfaces of the platform and of the payment sandbox. */
  controlSecret: string;
  awsUrl: string;
  paymentsUrl: string;
  deployment: Deployment;
  awsEndpoint: AwsEndpoint;
  pool: HostPool;
  stop: () => Promise<void>;
};
