import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { call } from './platform.ts';

const as = (token: string) => ({ headers: [['Authorization', token]] as [string, string][] });

describe('a request authorizer', () => {
  awsBehaviour('passes its context to the function as strings', async () => {
    const token = `admit-${randomUUID()}`;
    const response = await call('GET', '/contract/closed', as(token));
    expect(response.status).toBe(200);
    expect((response.json() as APIGatewayProxyEvent).requestContext.authorizer).toMatchObject({
      principalId: `principal-${token}`,
      userId: token,
      roles: 'customer,admin',
      asked: '1',
      staff: 'true',
    });
  });

  awsBehaviour('is invoked once for a token while its result is cached, for every route', async () => {
    const token = `admit-${randomUUID()}`;
    const asked: unknown[] = [];
    for (const path of ['/contract/closed', '/contract/closed', '/contract/closed/7']) {
      const event = (await call('GET', path, as(token))).json() as APIGatewayProxyEvent;
      asked.push(event.requestContext.authorizer?.['asked']);
    }
    expect(asked).toEqual(['1', '1', '1']);
  });

  awsBehaviour('leads to 403 with the template’s body when its policy denies', async () => {
    const response = await call('GET', '/contract/closed', as(`deny-${randomUUID()}`));
    expect(response.status).toBe(403);
    expect(response.json()).toEqual({ code: 'FORBIDDEN' });
  });

  awsBehaviour('leads to 401 with the template’s body when it throws Unauthorized', async () => {
    const response = await call('GET', '/contract/closed', as(`stranger-${randomUUID()}`));
    expect(response.status).toBe(401);
    expect(response.json()).toEqual({ code: 'UNAUTHENTICATED' });
  });

  awsBehaviour('is not invoked without its identity source: the response is 401', async () => {
    const response = await call('GET', '/contract/closed');
    expect(response.status).toBe(401);
    expect(response.json()).toEqual({ code: 'UNAUTHENTICATED' });
  });

  awsBehaviour('leads to 500 when it throws any other error', async () => {
    const response = await call('GET', '/contract/closed', as(`broken-${randomUUID()}`));
    expect(response.status).toBe(500);
  });
});
