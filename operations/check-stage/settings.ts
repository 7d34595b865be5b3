import * as z from 'zod';
import { limitOverrides } from '../../shared/limits/overrides.ts';
import { type Finding, missing, ok, warning } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The stage is part of every physical name: an S3 bucket's is at most 63 characters, lower case (S3, "Bucket naming
 * rules"), a role's at most 64 (IAM, "IAM and AWS STS quotas").
 */
const stageName = /^[a-z][a-z0-9]{0,9}$/;
/** A domain name without a trailing dot (RFC 1035, 2.3.1). */
const domain = z
  .string()
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'a domain name like shop.example',
  );
const url = z.url({ protocol: /^https?$/, error: 'the URL of a page' });
/** Plain HTTP does not leave a machine: a payment sandbox beside an AWS emulator uses it. */
const loopback = /^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/;
const oneOf = (...values: [string, ...string[]]) => z.enum(values, { error: `one of ${values.join(', ')}` });

type Setting = {
  /** Its messages complete “<value> is not …”. */
  schema: z.ZodType;
  /** What a stage without the setting does. */
  default?: string;
  requiredInProd?: boolean;
};

const settings: Record<string, Setting> = {
  SHOP_DOMAIN: {
    schema: domain,
    default: 'each API has its own execute-api address, images have CloudFront’s',
    requiredInProd: true,
  },
  SHOP_HOSTED_ZONE_ID: {
    schema: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'a hosted zone id like Z0123456789ABC'),
  },
  SHOP_API_FAILOVER: { schema: oneOf('none', 'page', 'services') },
  SHOP_MAIL_DOMAIN: {
    schema: domain,
    default: 'mails are sent from shop.example, which SES rejects',
    requiredInProd: true,
  },
  SHOP_URL: {
    schema: url.refine((value) => !value.endsWith('/'), 'a URL without a slash at its end'),
  },
  SHOP_CORS_ORIGIN: {
    schema: z
      .string()
      .refine(
        (value) => value === '*' || (url.safeParse(value).success && new URL(value).origin === value),
        '* or an origin like https://www.shop.example',
      ),
    default: 'pages of every origin may call the API',
    requiredInProd: true,
  },
  SHOP_PAYMENT_PROVIDER_URL: {
    schema: z
      .string()
      .refine(
        (value) => URL.canParse(value) && (value.startsWith('https://') || loopback.test(value)),
        'an https URL',
      ),
  },
  SHOP_ALARM_EMAIL: { schema: z.email('a mail address'), default: 'alarms notify nobody' },
  SHOP_MONTHLY_BUDGET: {
    schema: z.coerce.number('a number of US dollars above 0').positive('a number of US dollars above 0'),
  },
  SHOP_STANDBY_REGION: { schema: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region like us-east-1') },
  SHOP_RUNBOOKS: { schema: url },
  // CloudFront uses certificates and firewalls of this region only.
  SHOP_GLOBAL_REGION: { schema: z.literal('us-east-1', 'us-east-1, which CloudFront requires') },
  SHOP_RATE_LIMITS: {
    schema: limitOverrides,
  },
  SHOP_SIZE: { schema: oneOf('tiny', 'dev', 'staging', 'prod') },
  SHOP_DATABASES: { schema: oneOf('managed', 'external') },
  SHOP_DATABASE_AUTH: { schema: oneOf('iam', 'password') },
  SHOP_DISABLE_ROLLBACK: { schema: oneOf('true', 'false') },
  SHOP_ACCOUNT_DELIVERY_REPOSITORY: {
    schema: z
      .string()
      .regex(
        /^[\w.-]+@\d+\/[\w.-]+@\d+$/,
        '<owner>@<owner’s id>/<name>@<repository’s id> (resources/account/README.md)',
      ),
  },
  SHOP_ACCOUNT_DELIVERY_PROVIDER: {
    schema: z
      .string()
      .regex(
        /^arn:[\w-]+:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
        'the ARN of GitHub’s OIDC provider',
      ),
  },
  SHOP_LOG_LEVEL: { schema: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR') },
  SHOP_ARCHITECTURE: { schema: oneOf('arm64', 'x86_64') },
};

/** Checks the stage's name and the settings that a deployment reads from the environment. */
export function judgeSettings(stage: string, environment: Environment): Finding[] {
  return [
    judgeStage(stage),
    ...Object.keys(settings)
      .filter((name) => environment[name] !== '')
      .map((name) => judgeSetting(name, stage, environment[name])),
    ...judgeEmpty(environment),
    ...(environment['SHOP_DATABASES'] === 'external' ? judgeExternal(environment) : []),
  ];
}

/** The template compiler uses an empty variable instead of its default. */
const judgeEmpty = (environment: Environment): Finding[] =>
  Object.entries(environment)
    .filter(([name, value]) => name.startsWith('SHOP_') && value === '')
    .map(([name]) =>
      missing(name, 'empty, which does not select the default', `export ${name}=…, or unset ${name}`),
    );

/** What `SHOP_DATABASES=external` also requires. */
function judgeExternal(environment: Environment): Finding[] {
  const hosts = ['SHOP_USERS_DB_HOST', 'SHOP_ORDERS_DB_HOST'].filter((name) => !environment[name]);
  const findings = hosts.map((name) =>
    missing(name, 'not set, while databases are external', `export ${name}=<a host that the VPC can reach>`),
  );
  if (environment['SHOP_DATABASE_AUTH'] !== 'password')
    findings.push(
      missing(
        'SHOP_DATABASE_AUTH',
        'not password, while databases are external: only RDS supports IAM',
        'export SHOP_DATABASE_AUTH=password',
      ),
    );
  return findings;
}

function judgeStage(value: string): Finding {
  if (value === 'local')
    return missing('stage', 'local is the local platform’s stage', 'choose another with --stage');
  return stageName.test(value)
    ? ok('stage', value)
    : missing('stage', `${value} is too long or invalid`, '--stage: up to ten lower-case letters and digits');
}

function judgeSetting(name: string, stage: string, value: string | undefined): Finding {
  const { schema, default: consequence, requiredInProd = false } = settings[name]!;
  const isRequired = requiredInProd && stage === 'prod';
  const remedy = `export ${name}=…`;
  if (value === undefined) {
    if (consequence === undefined) return ok(name, 'not set, the default is used');
    return (isRequired ? missing : warning)(name, `not set: ${consequence}`, remedy);
  }
  const { error } = schema.safeParse(value);
  if (error) return missing(name, `${value} is not ${error.issues[0]?.message}`, remedy);
  if (isRequired && value === '*')
    return missing(name, '* in production', `export ${name}=https://www.<your domain>`);
  if (stage === 'prod' && loopback.test(value)) return missing(name, `${value} is not an https URL`, remedy);
  return ok(name, value);
}
