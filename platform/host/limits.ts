/**
 * Payload limits of Lambda in bytes
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const maxRequestBytes = 6 * 1024 * 1024;
/** AWS answers with this limit in its error text: 6 MB and the headers of its own envelope. */
export const maxResponseBytes = 6_291_556;
export const maxEventBytes = 1024 * 1024;
