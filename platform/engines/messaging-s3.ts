import { type EngineError, loadActions, type ObjectStore, type S3Action } from './fauxqs-internals.ts';

/** The S3 operations that the engine has, by AWS's names. */
export const s3Actions = {
  ListBuckets: 'listBuckets',
  CreateBucket: 'createBucket',
  ListObjectsV2: 'listObjects',
  HeadObject: 'headObject',
  GetObject: 'getObject',
  PutObject: 'putObject',
  PostObject: 'postObject',
  DeleteObject: 'deleteObject',
} as const;
export type S3ActionName = keyof typeof s3Actions;

/** One S3 request by operation. Header names in lower case; bucket and key decoded. */
export type S3Call = {
  action: S3ActionName;
  bucket: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
};
export type S3Reply = { status: number; headers: Record<string, string>; body: Buffer };

/** Loads the engine's S3 operations; a rejected call returns S3's error document. */
export async function s3Engine(store: ObjectStore): Promise<(call: S3Call) => S3Reply> {
  const actions = await loadActions<S3Action>('s3', [...new Set(Object.values(s3Actions))]);
  // Only listBuckets has no request parameter.
  const listBuckets = actions.get('listBuckets') as unknown as (reply: object, store: ObjectStore) => void;
  return (call) => {
    const response: S3Reply = { status: 200, headers: {}, body: Buffer.alloc(0) };
    const reply = {
      header(name: string, value: unknown) {
        response.headers[name] = String(value);
        return reply;
      },
      status(code: number) {
        response.status = code;
        return reply;
      },
      send(body?: string | Buffer) {
        if (body !== undefined) response.body = Buffer.isBuffer(body) ? body : Buffer.from(body);
        return reply;
      },
    };
    const request = { params: { bucket: call.bucket, '*': call.key }, ...call };
    try {
      if (call.action === 'ListBuckets') listBuckets(reply, store);
      else actions.get(s3Actions[call.action])?.(request, reply, store);
    } catch (error) {
      const rejection = error as Partial<EngineError>;
      if (!rejection.toXml || !rejection.statusCode) throw error;
      return {
        status: rejection.statusCode,
        headers: { 'content-type': 'application/xml' },
        body: call.action === 'HeadObject' ? Buffer.alloc(0) : Buffer.from(rejection.toXml()),
      };
    }
    return response;
  };
}
