import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { logger } from './telemetry.ts';

/**
 * What CloudFormation sends to the function behind a custom resource
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html).
 */
const customResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  RequestId: z.string(),
  StackId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResponseURL: z.url(),
});
type CustomResourceEvent = z.output<typeof customResourceEvent>;

/** What carries out a custom resource. */
export type CustomResource = {
  /** Names what the resource stands for; must not change, or CloudFormation deletes "the old one". */
  physicalId: string;
  /** Runs at Create and Update. May run again with the same properties: CloudFormation rolls back by an Update. */
  apply: (context: Context) => Promise<unknown>;
};

/** Kept back from the function's time for the answer itself. */
const ANSWER_MS = 5_000;
const ANSWER_TRIES = 4;
/** CloudFormation takes an answer of 4096 bytes at most. */
const REASON_LENGTH = 1_000;

/**
 * Lets one function be a stack's custom resource besides what it is by itself. CloudFormation waits for the answer,
 * up to an hour, so there is always one: FAILED with a reason for every error and before the time runs out. A deletion
 * changes nothing: what was made stays with its data.
 */
export function withCustomResource<Event, Answer>(
  resource: CustomResource,
  otherwise: (event: Event, context: Context) => Promise<Answer>,
) {
  return async (event: Event, context: Context): Promise<Answer | undefined> => {
    const request = customResourceEvent.safeParse(event);
    if (!request.success) return otherwise(event, context);
    logger.addContext(context);
    await answer(request.data, resource.physicalId, await outcomeOf(request.data, resource, context));
    return undefined;
  };
}

type Outcome = { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string };

async function outcomeOf(
  { RequestType }: CustomResourceEvent,
  { apply }: CustomResource,
  context: Context,
): Promise<Outcome> {
  if (RequestType === 'Delete') return { Status: 'SUCCESS' };
  const timeMs = Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MS);
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(
    () => late.resolve({ Status: 'FAILED', Reason: `Did not end within ${Math.round(timeMs / 1000)} s` }),
    timeMs,
  );
  try {
    const applied = apply(context).then((): Outcome => ({ Status: 'SUCCESS' }));
    return await Promise.race([applied, late.promise]);
  } catch (error) {
    logger.error('The custom resource failed', error as Error);
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { Status: 'FAILED', Reason: `${name}: ${message}`.slice(0, REASON_LENGTH) };
  } finally {
    clearTimeout(timer);
  }
}

/** The address is signed for a PUT without a content type, which bytes have and text has not. */
async function answer(event: CustomResourceEvent, physicalId: string, outcome: Outcome): Promise<void> {
  const { RequestId, StackId, LogicalResourceId, PhysicalResourceId = physicalId } = event;
  const body = new TextEncoder().encode(
    JSON.stringify({ ...outcome, RequestId, StackId, LogicalResourceId, PhysicalResourceId }),
  );
  for (let attempt = 1; ; attempt += 1) {
    const problem = await fetch(event.ResponseURL, { method: 'PUT', body }).then(
      ({ ok, status }) => (ok ? undefined : `status ${status}`),
      (error: Error) => error.message,
    );
    if (problem === undefined) return;
    if (attempt === ANSWER_TRIES) throw new Error(`CloudFormation did not take the answer: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
  }
}
