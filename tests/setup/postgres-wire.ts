import type { Socket } from 'node:net';

/** One message of a client: `type` is its type letter, `raw` the whole message. https://www.postgresql.org/docs/15/protocol-message-formats.html */
export type ClientMessage = { type: string; body: Buffer; raw: Buffer };

/** Reads a client's messages in order. */
export class Messages {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The first message, which has no type letter. */
  async startup(): Promise<Buffer> {
    if (!(await this.#have(4))) throw new Error('the client disconnected');
    const length = this.#rest.readInt32BE(0);
    if (!(await this.#have(length))) throw new Error('the client disconnected');
    return this.#take(length);
  }

  async next(): Promise<ClientMessage> {
    for await (const one of this.all()) return one;
    throw new Error('the client disconnected');
  }

  async *all(): AsyncGenerator<ClientMessage> {
    while (await this.#have(5)) {
      const length = 1 + this.#rest.readInt32BE(1);
      if (!(await this.#have(length))) return;
      const raw = this.#take(length);
      yield { type: String.fromCharCode(raw[0] ?? 0), body: raw.subarray(5), raw };
    }
  }

  async #have(bytes: number): Promise<boolean> {
    while (this.#rest.length < bytes) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#rest = Buffer.concat([this.#rest, value]);
    }
    return true;
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return taken;
  }
}

/** Names and values of a startup message. */
export function startupParameters(startup: Buffer): Record<string, string> {
  const fields = startup.toString('utf8', 8).split('\0');
  const pairs: Record<string, string> = {};
  for (let index = 0; fields[index]; index += 2) pairs[fields[index] ?? ''] = fields[index + 1] ?? '';
  return pairs;
}

/** A message of the server. */
export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A fatal ErrorResponse. */
export const errorResponse = (code: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
