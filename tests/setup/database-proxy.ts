import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import pg from 'pg';
import type { Certificate } from '../../shared/testing/certificate.ts';
import { errorResponse, Messages, message, startupParameters } from './postgres-wire.ts';
import { pinReason } from './session-pins.ts';

/** A running proxy, reached as `localhost`. */
export type DatabaseProxy = { port: number; stop(): Promise<void> };

type Server = { host: string; port: number; user: string; password: string };

/** The startup parameters that RDS Proxy accepts; it refuses `options`. */
const knownParameters = new Set(['user', 'database', 'application_name', 'client_encoding']);

/**
 * A substitute for RDS Proxy in front of a real PostgreSQL that enforces its restrictions: it accepts TLS and IAM tokens
 * only, refuses startup options, and refuses each statement that would pin a session to its client.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
 */
export async function startDatabaseProxy(server: Server, certificate: Certificate): Promise<DatabaseProxy> {
  const secureContext = createSecureContext({
    key: await readFile(certificate.keyFile),
    cert: await readFile(certificate.certificateFile),
  });
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => socket.destroy());
      void serve(secure, server).catch((error: Error) => secure.end(errorResponse('08000', error.message)));
    });
  });
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as { port: number };
  return {
    port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => listener.close(closed));
    },
  };
}

async function serve(client: TLSSocket, server: Server): Promise<void> {
  const messages = new Messages(client);
  const parameters = startupParameters(await messages.startup());
  const unknown = Object.keys(parameters).filter((name) => !knownParameters.has(name));
  if (unknown.length > 0) throw new Error(`startup options are refused by RDS Proxy: ${unknown.join(', ')}`);
  const { user = '', database = user } = parameters;
  client.write(message('R', Buffer.from([0, 0, 0, 3]))); // AuthenticationCleartextPassword
  const { body: password } = await messages.next();
  const secret = password.toString('utf8', 0, password.length - 1);
  // The master user and the owners of tables are not restricted: they bypass the proxy.
  const isMaster = user === server.user && secret === server.password;
  if (!isMaster) refuseOtherThanToken(secret, user);
  const isRestricted = !isMaster && !user.endsWith('_owner');
  const upstream = await signIn(server, user, database);
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy()).on('error', () => client.destroy());
  client.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
  upstream.pipe(client);
  for await (const one of messages.all()) {
    const reason = isRestricted ? pinReason(one) : undefined;
    if (reason !== undefined) {
      client.end(errorResponse('0A000', `this would pin the session of RDS Proxy: ${reason}`));
      return;
    }
    upstream.write(one.raw);
  }
}

/** An IAM token of RDS is a presigned URL. @throws Error for any other password */
function refuseOtherThanToken(token: string, user: string): void {
  const { searchParams } = new URL(`https://${token}`);
  const named = searchParams.get('Action') === 'connect' && searchParams.get('DBUser') === user;
  if (!named || !searchParams.has('X-Amz-Signature')) throw new Error(`no IAM token of ${user}`);
}

/** Passwords set here, for roles that have none because they sign in by IAM on RDS. */
const passwords = new Map<string, Promise<string>>();

async function signIn(server: Server, user: string, database: string): Promise<Socket> {
  const { host, port } = server;
  if (user === server.user) passwords.set(user, Promise.resolve(server.password));
  if (!passwords.has(user)) passwords.set(user, newPassword(server, user));
  const upstream = new pg.Client({ host, port, user, database, password: (await passwords.get(user)) ?? '' });
  await upstream.connect();
  const { stream } = (upstream as unknown as { connection: { stream: Socket } }).connection;
  return stream.removeAllListeners();
}

async function newPassword({ host, port, user, password }: Server, role: string): Promise<string> {
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  const newSecret = randomUUID();
  await client.query(`ALTER ROLE ${client.escapeIdentifier(role)} PASSWORD '${newSecret}'`);
  await client.end();
  return newSecret;
}
