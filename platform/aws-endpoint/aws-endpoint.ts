import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import { explainListenError } from '../engines/ports.ts';
import { foreignRequest } from '../local-access/local-access.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { authorizer as authorizerFor } from './authorizer.ts';
import type { AwsRequest, AwsService } from './call.ts';
import { CallCounts } from './call-counts.ts';
import { type Credentials, credentialRegistry } from './credentials.ts';
import { type DispatchResult, dispatch } from './dispatch.ts';
import { dynamodb } from './dynamodb.ts';
import { tableCatalog } from './dynamodb-permissions.ts';
import { Faults } from './faults.ts';
import { checkHeaderSignature } from './header-signature.ts';
import { type InvokeFunction, lambda } from './lambda.ts';
import { PublishedEvents } from './published-events.ts';
import { readRequest } from './read-request.ts';
import { type ObjectEvents, s3 as s3Service } from './s3.ts';
import type { SecretsBackend } from './secret-versions.ts';
import { secretsManager } from './secrets-manager.ts';
import { ses } from './ses.ts';
import { callerOf } from './signature-scope.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { sts } from './sts.ts';
import { unsignedRequests } from './unsigned-requests.ts';

/** What the AWS endpoint needs. */
export type AwsEndpointOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  region?: string;
  accountId?: string;
  dynamoUrl: string;
  messaging: Messaging;
  mailbox: Mailbox;
  secrets: SecretsBackend;
  /** Absent: no functions exist. */
  invoke?: InvokeFunction;
  /** Receives a line for each denied call and each engine failure. */
  log?: (line: string) => void;
};

export type AwsEndpoint = {
  /** `http://127.0.0.1:port`: the value of AWS_ENDPOINT_URL. */
  url: string;
  port: number;
  credentialsFor(functionName: string): Credentials;
  /** Credentials of the platform's own scripts: allowed everything, counted as `operator`. */
  operator: Credentials;
  counts: CallCounts;
  faults: Faults;
  /** Messages that topics accepted, for the console. */
  published: PublishedEvents;
  /** Emits `created` for every object that a call writes. */
  objects: ObjectEvents;
  /** Sets roles, tables, buckets and functions. */
  use(deployment: Deployment): void;
  stop(): Promise<void>;
};

/**
 * Starts the AWS endpoint. It routes a call by the service in its signature, verifies the signature of the calling
 * function, authorizes it by that function's compiled role, counts it and passes it to the engine.
 * @throws StartError when the port is in use
 */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const { region = 'eu-west-1', accountId = '000000000000', messaging, log = () => undefined } = options;
  const credentials = credentialRegistry();
  const counts = new CallCounts();
  const faults = new Faults();
  const published = new PublishedEvents();
  const authorizer = authorizerFor(counts, log);
  let tables = tableCatalog(region, accountId, []);
  let buckets: Deployment['buckets'] = [];
  let functions = new Set<string>();
  const dynamo = dynamodb(options.dynamoUrl, () => tables);
  const s3 = s3Service(messaging, authorizer);
  const services: Record<string, AwsService> = {
    ...simpleServices({ ...options, region, accountId }, published, (name) => functions.has(name)),
    dynamodb: dynamo,
    s3,
    sts: sts(authorizer, accountId),
  };
  const parts = { authorizer, faults, log };
  const handleUnsigned = unsignedRequests({ ...parts, s3, credentials, messaging, buckets: () => buckets });
  const server = createEndpointServer((awsRequest) => {
    const unsigned = handleUnsigned(awsRequest);
    if (unsigned) return unsigned;
    const { caller, service } = callerOf(awsRequest, credentials);
    return dispatch(parts, services, service, caller, (one, known) => {
      checkHeaderSignature(awsRequest, known);
      return one.read(awsRequest, known);
    });
  });
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  messaging.setPublicUrl(url);
  messaging.refuseDeliveries((queueName) => faults.refusesDelivery(queueName));

  return {
    url,
    port,
    credentialsFor: credentials.credentialsFor,
    operator: credentials.operator,
    counts,
    faults,
    published,
    objects: s3.events,
    use(deployment) {
      authorizer.use(deployment);
      tables = tableCatalog(region, accountId, deployment.tables);
      buckets = deployment.buckets;
      functions = new Set(deployment.functions.map((fn) => fn.name));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dynamo.close();
    },
  };
}

/** The services that need neither the authorizer nor state of the endpoint. */
function simpleServices(
  options: AwsEndpointOptions & { region: string; accountId: string },
  published: PublishedEvents,
  hasFunction: (name: string) => boolean,
): Record<string, AwsService> {
  const { messaging, mailbox, secrets, region, accountId } = options;
  const invoke = options.invoke ?? (() => Promise.reject(new Error('No functions run here')));
  return {
    sqs: sqs(messaging, region, accountId),
    sns: sns(messaging, published, region, accountId),
    secretsmanager: secretsManager(secrets, region, accountId),
    lambda: lambda(invoke, hasFunction, region, accountId),
    ses: ses(mailbox, region, accountId),
  };
}

type Handle = (awsRequest: AwsRequest) => DispatchResult | Promise<DispatchResult>;

function createEndpointServer(handle: Handle): Server {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // Front ends upload from pages of other sites; such requests are signed, in their address or their form.
    const foreign = foreignRequest(request.headers, 'any');
    if (foreign !== undefined) {
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(foreign);
      return;
    }
    readRequest(request, response, (awsRequest) => {
      const outcome = rejectMalformedUri(handle, awsRequest);
      if (outcome instanceof Promise) outcome.then((done) => respond(request, response, done));
      else respond(request, response, outcome);
    });
  });
  server.requestTimeout = 0; // long polls and slow uploads have no time limit
  return server;
}

function rejectMalformedUri(handle: Handle, awsRequest: AwsRequest): ReturnType<Handle> {
  try {
    return handle(awsRequest);
  } catch (error) {
    if (error instanceof URIError)
      return { status: 400, headers: {}, body: "Couldn't parse the specified URI.\n" };
    throw error;
  }
}

/** Returns the port. */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, 'the AWS endpoint', port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Sends a response, or closes the connection for a fault. */
function respond(request: IncomingMessage, response: ServerResponse, outcome: DispatchResult): void {
  if (outcome === 'drop') {
    request.socket.destroy();
    return;
  }
  const { status, headers, body } = outcome;
  if (headers['content-length'] === undefined && status !== 204 && status !== 304)
    headers['content-length'] = String(Buffer.byteLength(body));
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else response.end(body);
}
