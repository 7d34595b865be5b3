import { AwsError, type AwsRequest } from './call.ts';

/** The body as JSON; `{}` without a body. @throws AwsError SerializationException, as AWS returns for invalid JSON */
export function jsonBody<T>(awsRequest: AwsRequest): T {
  try {
    return (awsRequest.body.length === 0 ? {} : JSON.parse(awsRequest.body.toString())) as T;
  } catch {
    throw new AwsError({ code: 'SerializationException', status: 400 }, 'The body is not JSON');
  }
}
