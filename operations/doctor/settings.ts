import * as z from 'zod';
import { type Finding, missing, ok, warning } from './finding.ts';

/**
 * The stage becomes part of every physical name: an S3 bucket's is at most 63 characters, lower case
 * (S3, "Bucket naming rules"), a role's at most 64 (IAM, "IAM and AWS STS quotas").
 */
const stageName = /^[a-z][a-z0-9]{0,9}$/;
/** A domain name without a trailing dot (RFC 1035, 2.3.1). */
const domain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** A region's name, like eu-west-1 (AWS Regions, "Region codes"). */
const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
const loopback = /^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/;
const origin = z.url({ protocol: /^https?$/ });

type Setting = {
  name: string;
  /** What is wrong with a value, in words that fit after the name; undefined if nothing is. */
  fault(value: string, stage: string): string | undefined;
  /** What a stage without it does instead; a setting that prod needs has `neededInProd`. */
  without?: string;
  neededInProd?: boolean;
};

const settings: Setting[] = [
  {
    name: 'SHOP_DOMAIN',
    fault: (value) => (domain.test(value) ? undefined : 'is not a domain name like shop.example'),
    without: 'each API answers under its own execute-api address, pictures under CloudFront’s',
    neededInProd: true,
  },
  {
    name: 'SHOP_HOSTED_ZONE_ID',
    fault: (value) =>
      /^Z[A-Z0-9]{1,31}$/.test(value) ? undefined : 'is not the id of a zone, like Z0123456789ABC',
  },
  {
    name: 'SHOP_API_FAILOVER',
    fault: (value) =>
      ['none', 'page', 'services'].includes(value) ? undefined : 'is none of none, page and services',
  },
  {
    name: 'SHOP_MAIL_DOMAIN',
    fault: (value) => (domain.test(value) ? undefined : 'is not a domain name like shop.example'),
    without: 'mails come from shop.example, which SES refuses',
    neededInProd: true,
  },
  {
    name: 'SHOP_CORS_ORIGIN',
    fault: (value) =>
      value === '*' || (origin.safeParse(value).success && new URL(value).origin === value)
        ? undefined
        : 'is neither * nor an origin like https://www.shop.example',
    without: 'pages of every origin may call the API',
    neededInProd: true,
  },
  {
    name: 'SHOP_PAYMENT_PROVIDER_URL',
    // Plain HTTP never leaves a machine: a sandbox beside an emulator of AWS is reached by it.
    fault: (value, stage) =>
      (value.startsWith('https://') || (stage !== 'prod' && loopback.test(value))) && URL.canParse(value)
        ? undefined
        : 'is not an https address',
  },
  {
    name: 'SHOP_ALARM_EMAIL',
    fault: (value) => (z.email().safeParse(value).success ? undefined : 'is not a mail address'),
    without: 'alarms tell nobody',
  },
  {
    name: 'SHOP_MONTHLY_BUDGET',
    fault: (value) => (Number(value) > 0 ? undefined : 'is not a number of US dollars above 0'),
  },
  {
    name: 'SHOP_STANDBY_REGION',
    fault: (value) => (region.test(value) ? undefined : 'is not the name of a region like us-east-1'),
  },
  {
    name: 'SHOP_RUNBOOKS',
    fault: (value) => (origin.safeParse(value).success ? undefined : 'is not the address of a page'),
  },
  {
    name: 'SHOP_GLOBAL_REGION',
    // CloudFront takes certificates and firewalls of this region alone.
    fault: (value) =>
      value === 'us-east-1' ? undefined : 'is not us-east-1, where CloudFront’s parts must be',
  },
  {
    name: 'SHOP_DATABASES',
    fault: (value) =>
      ['managed', 'external'].includes(value) ? undefined : 'is neither managed nor external',
  },
  {
    name: 'SHOP_DATABASE_AUTH',
    fault: (value) => (['iam', 'password'].includes(value) ? undefined : 'is neither iam nor password'),
  },
  {
    name: 'SHOP_LOG_LEVEL',
    fault: (value) =>
      ['DEBUG', 'INFO', 'WARN', 'ERROR'].includes(value)
        ? undefined
        : 'is none of DEBUG, INFO, WARN and ERROR',
  },
  {
    name: 'SHOP_ARCHITECTURE',
    fault: (value) => (['arm64', 'x86_64'].includes(value) ? undefined : 'is neither arm64 nor x86_64'),
  },
];

/** Judges the stage's name and the settings that a deployment reads from the environment. */
export function judgeSettings(
  stage: string,
  environment: Readonly<Record<string, string | undefined>>,
): Finding[] {
  return [
    judgeStage(stage),
    ...settings
      .filter(({ name }) => environment[name] !== '')
      .map((setting) => judgeSetting(setting, stage, environment[setting.name])),
    ...judgeEmpty(environment),
    ...(environment['SHOP_DATABASES'] === 'external' ? judgeExternal(environment) : []),
  ];
}

/** A variable that is set to nothing counts as set for the compiler of templates: no default takes its place. */
function judgeEmpty(environment: Readonly<Record<string, string | undefined>>): Finding[] {
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('SHOP_') && value === '')
    .map(([name]) =>
      missing(
        name,
        'set to nothing, which its default does not replace',
        `export ${name}=…, or unset ${name}`,
      ),
    );
}

/** What PostgreSQL servers of one's own need beside `SHOP_DATABASES=external`. */
function judgeExternal(environment: Readonly<Record<string, string | undefined>>): Finding[] {
  const hosts = ['SHOP_USERS_DB_HOST', 'SHOP_ORDERS_DB_HOST'].filter((name) => !environment[name]);
  const findings = hosts.map((name) =>
    missing(name, 'not set, while databases are external', `export ${name}=<a host that the VPC reaches>`),
  );
  if (environment['SHOP_DATABASE_AUTH'] !== 'password')
    findings.push(
      missing(
        'SHOP_DATABASE_AUTH',
        'not password, while databases are external: IAM signs in to RDS only',
        'export SHOP_DATABASE_AUTH=password',
      ),
    );
  return findings;
}

function judgeStage(value: string): Finding {
  if (value === 'local')
    return missing('stage', 'local is the laptop’s own stage', 'name another with --stage');
  return stageName.test(value)
    ? ok('stage', value)
    : missing(
        'stage',
        `${value} does not fit into names`,
        '--stage: up to ten lower-case letters and digits',
      );
}

function judgeSetting(setting: Setting, stage: string, value: string | undefined): Finding {
  const { name, without, neededInProd = false } = setting;
  if (value !== undefined) {
    const fault = setting.fault(value, stage);
    if (fault !== undefined) return missing(name, `${value} ${fault}`, `export ${name}=…`);
    if (neededInProd && stage === 'prod' && value === '*')
      return missing(name, '* in production', `export ${name}=https://www.<your domain>`);
    return ok(name, value);
  }
  if (without === undefined) return ok(name, 'not set, the default holds');
  const remedy = `export ${name}=…`;
  return neededInProd && stage === 'prod'
    ? missing(name, `not set: ${without}`, remedy)
    : warning(name, `not set: ${without}`, remedy);
}
