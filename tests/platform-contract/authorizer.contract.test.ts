import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { call } from './platform.ts';

const as = (token: string) => ({ headers: [['Authorization', token]] as [string, string][] });

describe('a request authorizer', () => {
  awsBehaviour('hands its context to the function as strings', async () => {
    const token = `admit-${randomUUID()}`;
    const answer = await call('GET', '/contract/closed', as(token));
    expect(answer.status).toBe(200);
    expect((answer.json() as APIGatewayProxyEvent).requestContext.authorizer).toMatchObject({
      principalId: `principal-${token}`,
      userId: token,
      roles: 'customer,admin',
      asked: '1',
      staff: 'true',
    });
  });

  awsBehaviour('is asked once for a token while its answer is fresh, on every route', async () => {
    const token = `admit-${randomUUID()}`;
    const asked: unknown[] = [];
    for (const path of ['/contract/closed', '/contract/closed', '/contract/closed/7']) {
      const event = (await call('GET', path, as(token))).json() as APIGatewayProxyEvent;
      asked.push(event.requestContext.authorizer?.['asked']);
    }
    expect(asked).toEqual(['1', '1', '1']);
  });

  awsBehaviour('answers 403 with the template’s words when its policy denies', async () => {
    const answer = await call('GET', '/contract/closed', as(`deny-${randomUUID()}`));
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual({ code: 'FORBIDDEN' });
  });

  awsBehaviour('answers 401 with the template’s words when it throws Unauthorized', async () => {
    const answer = await call('GET', '/contract/closed', as(`stranger-${randomUUID()}`));
    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual({ code: 'UNAUTHENTICATED' });
  });

  awsBehaviour('is not asked when its identity source is missing: that is 401', async () => {
    const answer = await call('GET', '/contract/closed');
    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual({ code: 'UNAUTHENTICATED' });
  });

  awsBehaviour('that fails in any other way is 500', async () => {
    const answer = await call('GET', '/contract/closed', as(`broken-${randomUUID()}`));
    expect(answer.status).toBe(500);
  });
});
