import * as z from 'zod';

/** Settings are missing or invalid in the environment; the message names each of them. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/**
 * Parses a service's settings from the environment at cold start. Each service calls it once, in its `config.ts`,
 * the only reader of `process.env` there.
 * @throws InvalidConfiguration naming every missing or wrong name in one message (never a value: it may be secret)
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  environment: Record<string, string | undefined> = process.env,
): z.output<z.ZodObject<S>> {
  const result = z.object(shape).safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return environment[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
  });
  throw new InvalidConfiguration(`Configuration: ${problems.join('; ')}`);
}

/** An integer written as text, with bounds. */
export const numberSetting = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Environment variables of a PostgreSQL database; see `shared/postgres/database.ts`. */
export const databaseSettings = {
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: numberSetting(1, 65_535),
  DATABASE_NAME: z.string().min(1),
  DATABASE_USER: z.string().min(1),
  /** `iam`: a short-lived token through RDS Proxy; `password`: from the secret DATABASE_SECRET_ID. */
  DATABASE_AUTH: z.enum(['password', 'iam']).default('password'),
  DATABASE_TLS: z.enum(['off', 'verify-full']).default('off'),
  /** Certificate authorities trusted besides Node's own, PEM; by default the package's (`shared/postgres/trust.ts`). */
  DATABASE_CA_FILE: z.string().min(1).optional(),
  /** The secret with the password; not read with IAM authentication. */
  DATABASE_SECRET_ID: z.string().min(1),
  AWS_REGION: z.string().min(1),
  /** Set by Lambda Managed Instances: how many invocations one process serves at once. */
  AWS_LAMBDA_MAX_CONCURRENCY: numberSetting(1, 1000).default(1),
};

/** How a `migrate` function connects to the server itself, not to a proxy, as the owner of the service's tables. */
export const databaseOwnerSettings = {
  DATABASE_SERVER_HOST: z.string().min(1),
  DATABASE_OWNER: z.string().min(1),
  /** The owner's secret, not read with IAM authentication; only the role of `migrate` may read it. */
  DATABASE_OWNER_SECRET_ID: z.string().min(1),
};

/** Where lists are read from; see `connectReader` in `shared/postgres/connect.ts`. */
export const databaseReaderSettings = {
  /** Hosts separated by commas, each with the same rows. */
  DATABASE_READ_HOSTS: z
    .string()
    .min(1)
    .transform((hosts) => hosts.split(',')),
  /** A role that may only read, on a bounded number of connections. */
  DATABASE_READER: z.string().min(1),
};

/** Environment variables of Redis; see `redisAddressOf` in `shared/redis/client.ts`. */
export const redisSettings = {
  /** `none`: there is no Redis. */
  REDIS_HOST: z.string().min(1).default('none'),
  REDIS_PORT: numberSetting(1, 65_535).default(6379),
  /** `cluster`: ElastiCache with TLS and a token; `single`: one server without either. */
  REDIS_MODE: z.enum(['single', 'cluster']).default('single'),
  /** The secret with the token, used in mode `cluster` only. */
  REDIS_SECRET_ID: z.string().default(''),
};
