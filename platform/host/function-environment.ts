import type { FunctionSpec } from '../../build/deployment.ts';

/** Credentials of one function's role, by which the AWS endpoint identifies the function. */
type FunctionCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

/** What the platform adds to a function's environment. */
type RuntimeEnvironment = {
  region: string;
  /** URL of the AWS endpoint, which replaces AWS's. */
  endpointUrl: string;
  credentials: FunctionCredentials;
  /** Invocations that may share one instance; 1 is an ordinary Lambda function. */
  concurrency: number;
  /** `host:port` of an X-Ray daemon; empty for none. */
  xrayDaemon: string;
};

/**
 * The environment of a function as Lambda sets it; reserved names take precedence
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). `AWS_EXECUTION_ENV`, which enables tracing,
 * is set with an X-Ray daemon only.
 */
export function functionEnvironment(spec: FunctionSpec, runtime: RuntimeEnvironment): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...spec.environment,
    ...(runtime.concurrency > 1 ? { AWS_LAMBDA_MAX_CONCURRENCY: String(runtime.concurrency) } : {}),
    AWS_ENDPOINT_URL: runtime.endpointUrl,
    AWS_REGION: runtime.region,
    AWS_DEFAULT_REGION: runtime.region,
    AWS_ACCESS_KEY_ID: runtime.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: runtime.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: runtime.credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    ...(runtime.xrayDaemon === '' || !spec.traced
      ? {}
      : { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', AWS_XRAY_DAEMON_ADDRESS: runtime.xrayDaemon }),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(spec.name),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamOf(spec.name),
    _HANDLER: spec.handler,
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}

/** The log group that Lambda creates for a function. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** One stream per function: locally its instances write to one file. */
function logStreamOf(functionName: string): string {
  return `local/[$LATEST]${functionName}`;
}
