import { AwsError, type AwsRequest } from './call.ts';

/** The body as JSON; `{}` when there is none. @throws AwsError SerializationException, as AWS answers other text */
export function jsonBody<T>(awsRequest: AwsRequest): T {
  try {
    return (awsRequest.body.length === 0 ? {} : JSON.parse(awsRequest.body.toString())) as T;
  } catch {
    throw new AwsError({ code: 'SerializationException', status: 400 }, 'The body is not JSON');
  }
}
