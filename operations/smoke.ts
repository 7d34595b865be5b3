/**
 * Asks a deployed shop what a first visitor would, and changes nothing: `npm run check:api -- --base-url https://…`. For
 * production, right after a deployment. Ends with 1 at the first answer that is not right.
 */
import { parseArgs } from 'node:util';

/** One question and what the answer must be. */
type Question = { path: string; status: number; holds?: (body: unknown) => boolean; what: string };

const health = ['users', 'products', 'orders', 'payments', 'media', 'notifications', 'reports'].map(
  (service): Question => ({
    path: `/api/v1/${service}/health`,
    status: 200,
    holds: (body) => (body as { status?: string }).status === 'ok',
    what: `${service} reaches its store`,
  }),
);
const codeIs = (code: string) => (body: unknown) => (body as { code?: string }).code === code;

export const questions: readonly Question[] = [
  ...health,
  {
    path: '/api/v1/products?limit=1',
    status: 200,
    holds: (body) => Array.isArray((body as { items?: unknown }).items),
    what: 'the catalogue is there to be read',
  },
  {
    path: '/api/v1/openapi.json',
    status: 200,
    holds: (body) => String((body as { openapi?: string }).openapi).startsWith('3.1'),
    what: 'the API describes itself',
  },
  {
    path: '/api/v1/auth/jwks',
    status: 200,
    holds: (body) => ((body as { keys?: unknown[] }).keys ?? []).length > 0,
    what: 'access tokens can be verified',
  },
  {
    path: '/api/v1/orders',
    status: 401,
    holds: codeIs('UNAUTHENTICATED'),
    what: 'nobody reads orders unasked',
  },
  { path: '/api/v1/products/health/no-such-thing', status: 404, what: 'an unknown route is not there' },
];

/** Lambda's cold start in a VPC, a canary's new version, and a database that wakes up all fit into these. */
const patience = { tries: 5, waitMs: 2_000, timeoutMs: 10_000 };

/** Asks until the answer is right or patience ends; answers what was wrong, or undefined. */
export async function ask(
  baseUrl: string,
  question: Question,
  tries = patience.tries,
): Promise<string | undefined> {
  let wrong = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    try {
      const answer = await fetch(`${baseUrl}${question.path}`, {
        signal: AbortSignal.timeout(patience.timeoutMs),
      });
      const text = await answer.text();
      if (answer.status !== question.status) wrong = `${answer.status} instead of ${question.status}`;
      else if (question.holds && !question.holds(JSON.parse(text)))
        wrong = `not as expected: ${text.slice(0, 200)}`;
      else return undefined;
    } catch (error) {
      wrong = (error as Error).message;
    }
    if (attempt < tries) await new Promise((resolve) => setTimeout(resolve, patience.waitMs));
  }
  return wrong;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'base-url': { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const baseUrl = values['base-url']?.replace(/\/$/, '');
  if (values.help || baseUrl === undefined || !URL.canParse(baseUrl)) {
    console.log(
      'npm run check:api -- --base-url https://api.shop.example   reads what a first visitor would; changes nothing',
    );
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  for (const question of questions) {
    const wrong = await ask(baseUrl, question);
    console.log(
      `${wrong === undefined ? 'ok    ' : 'WRONG '}  ${question.what}${wrong === undefined ? '' : `: GET ${question.path}: ${wrong}`}`,
    );
    if (wrong !== undefined) {
      process.exitCode = 1;
      return;
    }
  }
}

if (import.meta.main) await main();
