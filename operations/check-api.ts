/**
 * Checks a deployed shop with requests that change nothing: `npm run check:api -- --base-url https://…`. For production, right
 * after a deployment. Exits with 1 at the first unexpected response.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand, UsageError } from './command.ts';

/** A GET request and its expected response. */
type SmokeCheck = { what: string; path: string; status: number; holds?: (body: unknown) => boolean };

const services = ['users', 'products', 'orders', 'payments', 'media', 'notifications', 'reports'];

export const smokeChecks: readonly SmokeCheck[] = [
  ...services.map((service) => ({
    what: `${service} reaches its store`,
    path: `/api/v1/${service}/health`,
    status: 200,
    holds: (body: unknown) => (body as { status?: string }).status === 'ok',
  })),
  {
    what: 'the catalogue is readable',
    path: '/api/v1/products?limit=1',
    status: 200,
    holds: (body) => Array.isArray((body as { items?: unknown }).items),
  },
  {
    what: 'the OpenAPI document is served',
    path: '/api/v1/openapi.json',
    status: 200,
    holds: (body) => String((body as { openapi?: string }).openapi).startsWith('3.1'),
  },
  {
    what: 'access tokens can be verified',
    path: '/api/v1/auth/jwks',
    status: 200,
    holds: (body) => ((body as { keys?: unknown[] }).keys ?? []).length > 0,
  },
  {
    what: 'orders require authentication',
    path: '/api/v1/orders',
    status: 401,
    holds: (body) => (body as { code?: string }).code === 'UNAUTHENTICATED',
  },
  { what: 'an unknown route returns 404', path: '/api/v1/products/health/no-such-thing', status: 404 },
];

/** Enough for a cold start in a VPC, a canary's new version, and a database that resumes. */
const retry = { attempts: 5, pauseMs: 2_000, timeoutMs: 10_000 };

/** Retries until the response is as expected; returns how the last one differed, or undefined. */
export async function failureOf(
  baseUrl: string,
  check: SmokeCheck,
  attempts = retry.attempts,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const failure = await tryOnce(baseUrl, check);
    if (failure === undefined || attempt === attempts) return failure;
    await pause(retry.pauseMs);
  }
}

async function tryOnce(baseUrl: string, { path, status, holds }: SmokeCheck): Promise<string | undefined> {
  try {
    const response = await fetch(`${baseUrl}${path}`, { signal: AbortSignal.timeout(retry.timeoutMs) });
    const text = await response.text();
    if (response.status !== status) return `${response.status} instead of ${status}`;
    return holds && !holds(JSON.parse(text)) ? `unexpected body: ${text.slice(0, 200)}` : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const help = `npm run check:api -- --base-url https://api.shop.example

Checks a deployed shop with requests that change nothing.`;

if (import.meta.main)
  await runCommand(help, { 'base-url': { type: 'string' } }, async ({ 'base-url': given = '' }) => {
    if (!URL.canParse(given)) throw new UsageError('--base-url is missing or not a URL');
    const baseUrl = given.replace(/\/$/, '');
    for (const check of smokeChecks) {
      const failure = await failureOf(baseUrl, check);
      if (failure !== undefined) throw new Error(`FAILED  ${check.what}: GET ${check.path}: ${failure}`);
      console.log(`ok      ${check.what}`);
    }
  });
