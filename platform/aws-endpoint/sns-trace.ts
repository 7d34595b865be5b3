import { traceAttribute } from '../host/tracing.ts';

/**
 * Adds a sampled request's trace header to each published message, as an attribute that the platform's pollers take out
 * again: SNS passes the trace of a publisher to its subscribers (X-Ray, "Amazon SNS and AWS X-Ray").
 */
export function withTrace(params: Record<string, string>, header: unknown): Record<string, string> {
  if (typeof header !== 'string' || !header.includes('Sampled=1')) return params;
  const traced = { ...params };
  for (const prefix of messagePrefixes(params)) {
    const entry = `${prefix}MessageAttributes.entry`;
    let next = 1;
    while (params[`${entry}.${next}.Name`] !== undefined) next += 1;
    traced[`${entry}.${next}.Name`] = traceAttribute;
    traced[`${entry}.${next}.Value.DataType`] = 'String';
    traced[`${entry}.${next}.Value.StringValue`] = header;
  }
  return traced;
}

/** Before the parameters of each message: of Publish, or of each entry of PublishBatch. */
function messagePrefixes(params: Record<string, string>): string[] {
  if (params['Action'] === 'Publish') return [''];
  if (params['Action'] !== 'PublishBatch') return [];
  return Object.keys(params).flatMap(
    (name) => /^(PublishBatchRequestEntries\.member\.\d+\.)Id$/.exec(name)?.[1] ?? [],
  );
}
