import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RestApiSpec } from '../../build/deployment.ts';

/** A deployed REST API: paths and stage come from the compiled template, the id from the deployment. */
export type DeployedApi = { spec: RestApiSpec; restApiId: string };

/** The bucket whose keys with these prefixes are public. */
export type ImageBucket = { s3: S3Client; bucket: string; prefixes: string[] };

export type ApiEntry = {
  url: string;
  /** Routes requests to these APIs and images from now on; before the first call every request gets 503. */
  open(apis: DeployedApi[], images: ImageBucket): void;
  stop(): Promise<void>;
};

type Targets = { apis: DeployedApi[]; owners: Map<string, DeployedApi>; images: ImageBucket };

/** The path of images, as on the local platform. */
export const imagePath = '/_images/';

/** `/api/v1/orders` of `/api/v1/orders/7/invoice`. */
const prefixOf = (path: string): string => path.split('/').slice(0, 4).join('/');

/**
 * The API that owns each path prefix, like the routing rules of the custom domain: `/api/v1/orders` → orders.
 * @throws Error when two APIs claim the same prefix
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
 * One base URL for all REST APIs of the emulator and for public images, in place of the custom domain and CloudFront.
 * It starts before the deployment, because a stack needs its address. A path that no API owns goes to the first API,
 * which returns its own 404.
 */
export async function startApiEntry(endpoint: string): Promise<ApiEntry> {
  let targets: Targets | undefined;
  const server = createServer((incoming, outgoing) => {
    if (!targets) {
      outgoing.writeHead(503).end();
      return;
    }
    const { pathname } = new URL(incoming.url ?? '/', 'http://api-entry');
    const { apis, owners, images } = targets;
    const done = pathname.startsWith(imagePath)
      ? sendImage(images, pathname.slice(imagePath.length), outgoing)
      : forward(endpoint, owners.get(prefixOf(pathname)) ?? apis[0]!, incoming, outgoing);
    done.catch((error: Error) => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(error.message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (apis, images) => {
      targets = { apis, images, owners: prefixesOf(apis) };
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
    const upstream = request(target, { method: incoming.method, headers: incoming.headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(outgoing);
      response.on('end', resolve);
      response.on('error', reject);
    });
    upstream.on('error', reject);
    incoming.pipe(upstream);
  });
}

async function sendImage(images: ImageBucket, path: string, outgoing: ServerResponse): Promise<void> {
  const key = decodeURIComponent(path);
  if (!images.prefixes.some((prefix) => key.startsWith(prefix))) {
    outgoing.writeHead(404).end();
    return;
  }
  try {
    const object = await images.s3.send(new GetObjectCommand({ Bucket: images.bucket, Key: key }));
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
