/**
 * Payload limits of Lambda in bytes
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const maxRequestBytes = 6 * 1024 * 1024;
/** The limit in AWS's error message: 6 MB plus the headers of its envelope. */
export const maxResponseBytes = 6_291_556;
export const maxEventBytes = 1024 * 1024;
