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
  ResourceProperties: z.record(z.string(), z.unknown()).default({}),
});
type CustomResourceEvent = z.output<typeof customResourceEvent>;

/** Implements a custom resource. */
export type CustomResource = {
  /** Identifies the resource; if it changes, CloudFormation deletes the resource with the old id. */
  physicalId: string;
  /**
   * Runs at Create and Update with the resource's properties from the template. May run again with the same properties,
   * since CloudFormation rolls back by an Update.
   */
  apply: (context: Context, properties: Readonly<Record<string, unknown>>) => Promise<unknown>;
};

/** Reserved at the end of the function's time for the response. */
const responseMs = 5_000;
const maxAttempts = 4;
/** CloudFormation accepts a response of at most 4096 bytes. */
const maxReasonLength = 1_000;

/**
 * Makes a function a custom resource of its stack as well. CloudFormation waits up to an hour for a response, so one is
 * always sent: FAILED with a reason for every error and before the timeout. A deletion changes nothing: the data stays.
 */
export function withCustomResource<Event, Response>(
  resource: CustomResource,
  otherwise: (event: Event, context: Context) => Promise<Response>,
) {
  return async (event: Event, context: Context): Promise<Response | undefined> => {
    const request = customResourceEvent.safeParse(event);
    if (!request.success) return otherwise(event, context);
    logger.addContext(context);
    await respond(request.data, resource.physicalId, await resultOf(request.data, resource, context));
    return undefined;
  };
}

type Result = { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string };

async function resultOf(
  { RequestType, ResourceProperties }: CustomResourceEvent,
  { apply }: CustomResource,
  context: Context,
): Promise<Result> {
  if (RequestType === 'Delete') return { Status: 'SUCCESS' };
  const timeMs = Math.max(0, context.getRemainingTimeInMillis() - responseMs);
  const late = Promise.withResolvers<Result>();
  const timer = setTimeout(
    () => late.resolve({ Status: 'FAILED', Reason: `Did not finish within ${Math.round(timeMs / 1000)} s` }),
    timeMs,
  );
  try {
    const applied = apply(context, ResourceProperties).then((): Result => ({ Status: 'SUCCESS' }));
    return await Promise.race([applied, late.promise]);
  } catch (error) {
    logger.error('The custom resource failed', error as Error);
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { Status: 'FAILED', Reason: `${name}: ${message}`.slice(0, maxReasonLength) };
  } finally {
    clearTimeout(timer);
  }
}

/** Sent as bytes, since the URL is signed for a PUT without content type, and text would add one. */
async function respond(event: CustomResourceEvent, physicalId: string, result: Result): Promise<void> {
  const { RequestId, StackId, LogicalResourceId, PhysicalResourceId = physicalId } = event;
  const body = new TextEncoder().encode(
    JSON.stringify({ ...result, RequestId, StackId, LogicalResourceId, PhysicalResourceId }),
  );
  for (let attempt = 1; ; attempt += 1) {
    const problem = await fetch(event.ResponseURL, { method: 'PUT', body }).then(
      ({ ok, status }) => (ok ? undefined : `status ${status}`),
      (error: Error) => error.message,
    );
    if (problem === undefined) return;
    if (attempt === maxAttempts) throw new Error(`CloudFormation did not accept the response: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
  }
}
