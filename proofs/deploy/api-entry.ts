import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RestApiSpec } from '../../build/deployment.ts';

/** A deployed REST API: the compiled template tells its paths and stage, the deployment its id. */
export type DeployedApi = { spec: RestApiSpec; restApiId: string };

/** Where the pictures are that CloudFront shows to the world. */
export type PictureBucket = { s3: S3Client; bucket: string; prefixes: string[] };

export type Door = {
  url: string;
  /** Lets visitors in, to these APIs and pictures. */
  open(apis: DeployedApi[], pictures: PictureBucket): void;
  stop(): Promise<void>;
};

type Behind = { apis: DeployedApi[]; owners: Map<string, DeployedApi>; pictures: PictureBucket };

/** Where the door shows pictures, as the local platform's picture origin does. */
export const picturePath = '/_images/';

/** `/api/v1/orders` of `/api/v1/orders/7/invoice`. */
const prefixOf = (path: string): string => path.split('/').slice(0, 4).join('/');

/**
 * The beginnings of paths that are one API's alone, as the routing rules of the custom domain are made:
 * `/api/v1/orders` → the orders API. Throws when two APIs claim the same one.
 */
export function prefixesOf(apis: readonly DeployedApi[]): Map<string, DeployedApi> {
  const owners = new Map<string, DeployedApi>();
  for (const api of apis) {
    for (const { path } of api.spec.methods) {
      const prefix = prefixOf(path);
      const owner = owners.get(prefix);
      if (owner && owner !== api) throw new Error(`Two APIs claim ${prefix}.`);
      owners.set(prefix, api);
    }
  }
  return owners;
}

/**
 * One base address for all of the emulator's REST APIs, as the custom domain with its routing rules is on AWS, and
 * for the public pictures, as CloudFront is. Its address is known before the stacks are deployed, since one of them
 * wants it; until it is opened it answers 503. A path that no API owns goes to the first, whose gateway answers
 * that it has no such route.
 */
export async function startDoor(endpoint: string): Promise<Door> {
  let behind: Behind | undefined;
  const server = createServer((incoming, outgoing) => {
    if (!behind) {
      outgoing.writeHead(503).end();
      return;
    }
    const { pathname } = new URL(incoming.url ?? '/', 'http://door');
    const { apis, owners, pictures } = behind;
    const answered = pathname.startsWith(picturePath)
      ? showPicture(pictures, pathname.slice(picturePath.length), outgoing)
      : forward(endpoint, owners.get(prefixOf(pathname)) ?? apis[0]!, incoming, outgoing);
    answered.catch((error: Error) => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(error.message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (apis, pictures) => {
      behind = { apis, pictures, owners: prefixesOf(apis) };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(
  endpoint: string,
  api: DeployedApi,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const target = `${endpoint}/restapis/${api.restApiId}/${api.spec.stageName}/_user_request_${incoming.url ?? '/'}`;
    const onward = request(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('end', resolve);
      answer.on('error', reject);
    });
    onward.on('error', reject);
    incoming.pipe(onward);
  });
}

async function showPicture(pictures: PictureBucket, path: string, outgoing: ServerResponse): Promise<void> {
  const key = decodeURIComponent(path);
  if (!pictures.prefixes.some((prefix) => key.startsWith(prefix))) {
    outgoing.writeHead(404).end();
    return;
  }
  try {
    const object = await pictures.s3.send(new GetObjectCommand({ Bucket: pictures.bucket, Key: key }));
    outgoing.writeHead(200, {
      'Content-Type': object.ContentType,
      'Cache-Control': object.CacheControl ?? 'no-cache',
    });
    outgoing.end(await object.Body?.transformToByteArray());
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoSuchKey')) throw error;
    outgoing.writeHead(404).end();
  }
}
