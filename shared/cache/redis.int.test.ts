import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { eventually } from '../testing/eventually.ts';
import { type RedisAddress, redisCache } from './redis.ts';

const at = (port: number): RedisAddress => ({ mode: 'single', host: '127.0.0.1', port });

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = await listening(() => {});
  const port = portOf(server);
  await new Promise((done) => server.close(done));
  return port;
}
const listening = (serve: (socket: Socket) => void): Promise<Server> =>
  new Promise((ready) => {
    const server = createServer(serve).listen(0, '127.0.0.1', () => ready(server));
  });
const portOf = (server: Server) => (server.address() as { port: number }).port;

test('while Redis is away every answer is made anew', async () => {
  const cache = redisCache(at(await closedPort()), 'test:');
  let made = 0;
  const make = async () => `answer ${++made}`;
  expect(await cache.remember('a', 1000, make)).toBe('answer 1');
  expect(await cache.remember('a', 1000, make)).toBe('answer 2');
  await cache.end();
});

test('a Redis that takes connections and never answers holds nobody up', async () => {
  const sockets: Socket[] = [];
  const silent = await listening((socket) => sockets.push(socket));
  const cache = redisCache(at(portOf(silent)), 'test:');
  expect(await cache.remember('a', 1000, async () => 'answer')).toBe('answer');
  await cache.end();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

/** A real Redis, where the run has one: `TEST_REDIS_URL=redis://127.0.0.1:6379`. */
const url = process.env['TEST_REDIS_URL'];
if (url !== undefined)
  describe('with a Redis', () => {
    const prefix = `test-${randomUUID()}:`;
    const { hostname: host, port } = new URL(url);
    const address = { mode: 'single', host, port: Number(port || 6379) } as const;
    const [first, second] = [redisCache(address, prefix), redisCache(address, prefix)];
    afterAll(() => Promise.all([first.end(), second.end()]));

    test('what one process made, another finds, until its time is over', async () => {
      let made = 0;
      const make = async () => `answer ${++made}`;
      await eventually(async () => {
        const before = made;
        await first.remember('warm-up', 60_000, make);
        await second.remember('warm-up', 60_000, make);
        expect(made).toBe(before);
      });
      const answer = await first.remember('a', 300, make);
      expect(await second.remember('a', 300, make)).toBe(answer);
      await eventually(async () => expect(await second.remember('a', 300, make)).not.toBe(answer));
    });
  });
