import { connect } from 'node:net';

/** An engine's answer, its body complete. */
export type EngineAnswer = { status: number; header(name: string): string; body: Buffer };

export type EngineConnections = {
  /** Sends one request; `head` has its header lines without Content-Length, each ended by CRLF. */
  post(head: string, body: Buffer): Promise<EngineAnswer>;
  /** Ends all connections; what is under way fails. */
  close(): void;
};

type Exchange = {
  request: Buffer;
  resolve: (answer: EngineAnswer) => void;
  reject: (error: Error) => void;
};
type Connection = { send(exchange: Exchange): void; idleSince: number; end(): void };

/** As many as dynoxide answers side by side without waiting for its store. */
const maxConnections = 64;
/** A connection that nobody used for longer may just be closing at its other end. */
const idleMs = 4_000;

/**
 * Kept connections to one engine on this machine. It answers every request whole and with a Content-Length, and so
 * speaks a corner of HTTP/1.1 that fits here: a call costs 18 µs, where undici's dispatch costs 31 to 44 and a
 * request of node:http 50 to 66, and every order makes ten of them. Anything else that an engine says is an error.
 */
export function engineConnections(url: string): EngineConnections {
  const { hostname, port } = new URL(url);
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  const waiting: Exchange[] = [];

  const next = (connection: Connection) => {
    const exchange = waiting.shift();
    if (exchange) connection.send(exchange);
    else {
      connection.idleSince = performance.now();
      idle.push(connection);
    }
  };
  const lost = (connection: Connection) => {
    all.delete(connection);
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    const exchange = waiting.shift();
    if (exchange) open().send(exchange);
  };
  const open = (): Connection => {
    const connection = openConnection(hostname, Number(port), next, lost);
    all.add(connection);
    return connection;
  };
  /** The one used last, so that those of a busy moment grow old. */
  const takeIdle = (): Connection | undefined => {
    const connection = idle.pop();
    if (connection === undefined || performance.now() - connection.idleSince < idleMs) return connection;
    for (const old of [connection, ...idle.splice(0)]) old.end();
    return undefined;
  };

  return {
    post: (head, body) =>
      new Promise((resolve, reject) => {
        const start = `POST / HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${head}content-length: ${body.length}\r\n\r\n`;
        const request = Buffer.allocUnsafe(start.length + body.length);
        request.write(start, 'latin1');
        body.copy(request, start.length);
        const exchange = { request, resolve, reject };
        const connection = takeIdle() ?? (all.size < maxConnections ? open() : undefined);
        if (connection) connection.send(exchange);
        else waiting.push(exchange);
      }),
    close() {
      const closed = new Error('the engine is being stopped');
      for (const { reject } of waiting.splice(0)) reject(closed);
      for (const connection of all) connection.end();
    },
  };
}

/** One connection; `free` is called after each answer, `lost` once when it has ended. */
function openConnection(
  host: string,
  port: number,
  free: (connection: Connection) => void,
  lost: (connection: Connection) => void,
): Connection {
  const socket = connect({ host, port, noDelay: true });
  let exchange: Exchange | undefined;
  let pieces: Buffer[] = [];
  let length = 0;
  let head: { text: string; end: number; answerEnd: number } | undefined;
  let failure: Error | undefined;

  socket.on('data', (piece) => {
    pieces.push(piece);
    length += piece.length;
    if (head !== undefined && length < head.answerEnd) return;
    const received = pieces.length === 1 ? piece : Buffer.concat(pieces);
    pieces = [received];
    head ??= readHead(received);
    if (head === undefined || length < head.answerEnd) return;
    const { text, end, answerEnd } = head;
    const answered = exchange;
    if (answered === undefined || Number.isNaN(answerEnd) || length > answerEnd) {
      socket.destroy(new Error(`the engine broke the protocol: ${text.slice(0, 200)}`));
      return;
    }
    exchange = undefined;
    head = undefined;
    pieces = [];
    length = 0;
    answered.resolve({
      status: Number(text.slice(9, 12)),
      header: (name) => headerOf(text, name),
      body: received.subarray(end, answerEnd),
    });
    free(connection);
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    exchange?.reject(failure ?? new Error('the engine closed the connection'));
    exchange = undefined;
    lost(connection);
  });
  const connection: Connection = {
    idleSince: 0,
    send(one) {
      exchange = one;
      socket.write(one.request);
    },
    end: () => void socket.destroy(),
  };
  return connection;
}

/** The head of an answer; undefined while it is not whole. `answerEnd` is NaN without a Content-Length. */
function readHead(received: Buffer): { text: string; end: number; answerEnd: number } | undefined {
  const end = received.indexOf('\r\n\r\n') + 4;
  if (end < 4) return undefined;
  const text = received.toString('latin1', 0, end);
  const length = headerOf(text, 'content-length');
  return { text, end, answerEnd: length === '' ? Number.NaN : end + Number(length) };
}

/** The value of a header, empty when there is none. Names come in lower case from the engine, and may not. */
function headerOf(head: string, name: string): string {
  let at = head.indexOf(`\r\n${name}: `);
  if (at < 0) at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at < 0) return '';
  const from = at + name.length + 3;
  return head.slice(from, head.indexOf('\r\n', from)).trim();
}
