import type { Json } from '../../build/deployment.ts';
import { serviceRoutes } from '../../build/docs/service-routes.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { at, compileTimeoutMs, nameOf, ofType, type Resource, type Stage, stageOf, stages } from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

/** `/api/v1/orders/{id}` of a method, by the path parts of its resource and those above it. */
function pathOf(stage: Stage, method: Resource): string {
  let path = '';
  let id: Json | undefined = at(method, 'ResourceId');
  for (;;) {
    const part = ofType(stage, 'AWS::ApiGateway::Resource').find(
      (each) => each.stack === method.stack && each.value('ref') === id,
    );
    if (!part) return path;
    path = `/${at(part, 'PathPart')}${path}`;
    id = at(part, 'ParentId');
  }
}

describe('a route without an authorizer', () => {
  test('is declared public by its service, and every public route has none', async () => {
    const declared = (await serviceRoutes())
      .flatMap(({ routes }) => routes)
      .filter(({ access }) => access === 'public')
      .flatMap(({ method, path }) =>
        (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((served) => `${served} ${path}`),
      )
      .toSorted();
    for (const stage of everyStage) {
      const open = ofType(stage, 'AWS::ApiGateway::Method')
        // Browsers send the OPTIONS preflight without a token.
        .filter((each) => at(each, 'HttpMethod') !== 'OPTIONS' && at(each, 'AuthorizerId') === undefined)
        .map((each) => `${at(each, 'HttpMethod')} ${pathOf(stage, each)}`)
        .toSorted();
      expect(open).toEqual(nonEmpty(declared));
    }
  });

  test('always has a function behind it', () => {
    for (const stage of everyStage)
      for (const each of ofType(stage, 'AWS::ApiGateway::Method'))
        expect([nameOf(each), at(each, 'Integration', 'Type')]).toEqual([
          nameOf(each),
          at(each, 'HttpMethod') === 'OPTIONS' ? 'MOCK' : 'AWS_PROXY',
        ]);
  });
});

test('API Gateway caches the result of every authorizer for one minute', () => {
  for (const stage of everyStage) {
    const lifetimes = ofType(stage, 'AWS::ApiGateway::Authorizer').map((each) =>
      Number(at(each, 'AuthorizerResultTtlInSeconds')),
    );
    expect(new Set(nonEmpty(lifetimes))).toEqual(new Set([60]));
  }
});
