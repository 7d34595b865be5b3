import type { AuthorizerSpec } from '../../build/deployment.ts';
import type { Invoke } from '../host/invoke.ts';
import { lambdaAuthorizer } from './authorizer.ts';
import type { EventFrame } from './proxy-event.ts';

const methodArn = 'arn:aws:execute-api:eu-west-1:000000000000:api/dev/GET/orders';
const allow = {
  principalId: 'user',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
  },
};

/** An authorizer on a clock of its own, and how often its function was invoked. */
function anAuthorizer(ttlSeconds: number, respond: () => { payload: string; failure?: string }) {
  let now = 1_000_000;
  let invocations = 0;
  const spec = {
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:authorizer',
    identitySource: ['method.request.header.Authorization'],
    ttlSeconds,
  } as AuthorizerSpec;
  const invoke = (async () => {
    invocations += 1;
    return respond();
  }) as unknown as Invoke;
  const authorizer = lambdaAuthorizer(spec, invoke, () => now);
  const frame = (token: string) => ({ headers: { authorization: token } }) as unknown as EventFrame;
  return {
    check: (token = 'Bearer a') => authorizer.check(frame(token), methodArn),
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
    invocations: () => invocations,
  };
}
const allowed = () => ({ payload: JSON.stringify(allow) });

describe('the result of an authorizer', () => {
  test('is cached for its lifetime, and then requested again', async () => {
    const authorizer = anAuthorizer(300, allowed);
    expect(await authorizer.check()).toMatchObject({ ok: true });
    authorizer.pass(299);
    await authorizer.check();
    expect(authorizer.invocations()).toBe(1);
    authorizer.pass(2);
    expect(await authorizer.check()).toMatchObject({ ok: true });
    expect(authorizer.invocations()).toBe(2);
  });

  test('is cached for its token only', async () => {
    const authorizer = anAuthorizer(300, allowed);
    await authorizer.check('Bearer a');
    await authorizer.check('Bearer b');
    expect(authorizer.invocations()).toBe(2);
  });

  test('is not cached with a lifetime of 0', async () => {
    const authorizer = anAuthorizer(0, allowed);
    await authorizer.check();
    await authorizer.check();
    expect(authorizer.invocations()).toBe(2);
  });

  test('is not cached after a denial', async () => {
    const authorizer = anAuthorizer(300, () => ({
      payload: JSON.stringify({ errorMessage: 'Unauthorized' }),
      failure: 'Unhandled',
    }));
    expect(await authorizer.check()).toMatchObject({ ok: false, type: 'UNAUTHORIZED' });
    expect(await authorizer.check()).toMatchObject({ ok: false });
    expect(authorizer.invocations()).toBe(2);
  });
});
