import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A door before a server: counts what was accepted and lists what was refused, and by which words. */
export type RefusalWatch = { url: string; refusals: string[]; accepted(): number; stop(): Promise<void> };

/** An adapter may turn a refusal into an answer of its own, so refusals are watched on the wire. */
export const watchRefusals = async (target: string): Promise<RefusalWatch> => {
  const refusals: string[] = [];
  let accepted = 0;
  const door = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
        ? [[name, value]]
        : [],
    );
    const sent = Buffer.concat(await request.toArray());
    try {
      const answer = await fetch(target + url, {
        method,
        headers,
        ...(method === 'GET' ? {} : { body: sent }),
      });
      const body = await answer.text();
      if (answer.ok) accepted += 1;
      else refusals.push(`refused with ${answer.status}: ${method} ${url} ${sent} → ${body}`);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      refusals.push(
        `not answered: ${method} ${url}: ${error instanceof Error ? error.message : String(error)}`,
      );
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    refusals,
    accepted: () => accepted,
    stop: () =>
      new Promise((resolve) => {
        door.close(() => resolve());
        door.closeAllConnections();
      }),
  };
};
