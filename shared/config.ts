import * as z from 'zod';

/** The environment misses or misspells settings; the message names every one of them. */
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

/** A whole number written as text, with bounds. */
export const numberSetting = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** The settings of a PostgreSQL database, as environment names; see `shared/postgres/database.ts`. */
export const databaseSettings = {
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: numberSetting(1, 65_535),
  DATABASE_NAME: z.string().min(1),
  DATABASE_USER: z.string().min(1),
  /** `iam`: a short-lived token through RDS Proxy; `password`: from the secret DATABASE_SECRET_ID. */
  DATABASE_AUTH: z.enum(['password', 'iam']).default('password'),
  DATABASE_TLS: z.enum(['off', 'verify-full']).default('off'),
  /** Authorities that vouch for the server beside Node's own, PEM; by default Amazon's, as Lambda's image has them. */
  DATABASE_CA_FILE: z.string().default('/var/runtime/ca-cert.pem'),
  /** Where the password is; not read where functions sign in by IAM. */
  DATABASE_SECRET_ID: z.string().min(1),
  AWS_REGION: z.string().min(1),
  /** Set by Lambda Managed Instances: how many invocations one process serves at once. */
  AWS_LAMBDA_MAX_CONCURRENCY: numberSetting(1, 1000).default(1),
};

/** How a `migrate` function reaches the server itself, past any proxy, and signs in there as its master. */
export const databaseAdminSettings = {
  DATABASE_ADMIN_HOST: z.string().min(1),
  /** The master's secret; only the role of `migrate` may read it. */
  DATABASE_ADMIN_SECRET_ID: z.string().min(1),
};

/** Where lists are read; see `connectReader` in `shared/postgres/connect.ts`. */
export const databaseReaderSettings = {
  /** One host or several with commas between, the same rows on each. */
  DATABASE_READ_HOSTS: z
    .string()
    .min(1)
    .transform((hosts) => hosts.split(',')),
  /** Who may read everything and change nothing, on a bounded number of connections. */
  DATABASE_READER: z.string().min(1),
};
