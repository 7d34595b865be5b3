/**
 * Lambda's trace id of the current invocation, where an instance runs one at a time. Lambda sets it for each invocation
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). Undefined without X-Ray.
 */
export const traceOfProcess = (): string | undefined => process.env['_X_AMZN_TRACE_ID'];
