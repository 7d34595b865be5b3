import { AwsRefusal, type Incoming } from './call.ts';

/** The body as JSON; `{}` when there is none. @throws AwsRefusal SerializationException, as AWS answers other text */
export function jsonBody<T>(incoming: Incoming): T {
  try {
    return (incoming.body.length === 0 ? {} : JSON.parse(incoming.body.toString())) as T;
  } catch {
    throw new AwsRefusal({ code: 'SerializationException', status: 400 }, 'The body is not JSON');
  }
}
