/**
 * Lambda's trace of the invocation that runs, where an instance runs one at a time: set anew for each, so it is read
 * anew (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). Undefined where there is no X-Ray.
 */
export const traceOfProcess = (): string | undefined => process.env['_X_AMZN_TRACE_ID'];
