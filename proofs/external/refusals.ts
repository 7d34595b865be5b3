import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that counts accepted requests and records refused ones. */
export type RefusalWatch = { url: string; refusals: string[]; accepted(): number; stop(): Promise<void> };

/** Starts a proxy to `target`. Refusals are recorded here because the adapter may handle them. */
export const watchRefusals = async (target: string): Promise<RefusalWatch> => {
  const refusals: string[] = [];
  let accepted = 0;
  const proxy = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
        ? [[name, value]]
        : [],
    );
    const sent = Buffer.concat(await request.toArray());
    try {
      const result = await fetch(target + url, { method, headers, ...(method !== 'GET' && { body: sent }) });
      const body = await result.text();
      if (result.ok) accepted += 1;
      else refusals.push(`refused with ${result.status}: ${method} ${url} ${sent} → ${body}`);
      response.writeHead(result.status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      refusals.push(`no response: ${method} ${url}: ${(error as Error).message}`);
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    refusals,
    accepted: () => accepted,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
};
