import type { BucketSpec } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { Authorizer } from './authorizer.ts';
import type { Answer, Incoming } from './call.ts';
import type { CredentialBook } from './credentials.ts';
import { carryOut, type Outcome } from './dispatch.ts';
import type { Faults } from './faults.ts';
import { type PublicPictures, showPicture } from './picture-origin.ts';
import type { S3 } from './s3.ts';
import { corsHeaders, preflight } from './s3-cors.ts';
import { isForm, readForm } from './s3-form.ts';
import { isPresigned, readPresigned } from './s3-presigned.ts';

type Parts = {
  authorizer: Authorizer;
  faults: Faults;
  log: (line: string) => void;
  s3: S3;
  book: CredentialBook;
  messaging: Messaging;
  bucket: (name: string) => BucketSpec | undefined;
  images?: PublicPictures;
};

/**
 * Requests from outside the functions: a browser that asks for a picture, asks whether it may upload, or uploads
 * with what a function signed for it. Undefined for all others.
 */
export function visitors(parts: Parts): (incoming: Incoming) => Outcome | Promise<Outcome> | undefined {
  const services = { s3: parts.s3 };
  return (incoming) => {
    if (incoming.path.startsWith('/_images/')) return showPicture(incoming, parts.messaging, parts.images);
    if (incoming.method === 'OPTIONS') return preflight(incoming, parts.bucket(bucketOf(incoming)));
    const form = isForm(incoming);
    if (!form && !isPresigned(incoming)) return undefined;
    const read = form ? readForm(incoming, parts.book) : readPresigned(incoming, parts.book);
    const outcome = carryOut(parts, services, 's3', read.caller, (_service, caller) => {
      const { request, answer } = read.verify(caller);
      const operation = parts.s3.operation(request, caller);
      return answer ? { ...operation, run: async () => answer(await operation.run()) } : operation;
    });
    const cors = corsHeaders(incoming, parts.bucket(bucketOf(incoming)));
    const withCors = (done: Outcome): Outcome => (done === 'drop' ? done : addHeaders(done, cors));
    return outcome instanceof Promise ? outcome.then(withCors) : withCors(outcome);
  };
}

const bucketOf = (incoming: Incoming) => decodeURIComponent(incoming.path.split('/')[1] ?? '');
const addHeaders = (answer: Answer, headers: Record<string, string>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});
