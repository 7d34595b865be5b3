// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax for Fn::Sub
import type { Json, TemplateResource } from '../deployment.ts';
import { aFunction, aPermission, aStack, deployed } from './fixtures/a-stack.ts';

const uri = (logicalId: string): Json => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':apigateway:',
      { Ref: 'AWS::Region' },
      ':lambda:path/2015-03-31/functions/',
      { 'Fn::GetAtt': [logicalId, 'Arn'] },
      '/invocations',
    ],
  ],
});
const RestApiId = { Ref: 'Api' };
const source = { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*' };
const method = (properties: Record<string, Json>): TemplateResource => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: { RestApiId, ResourceId: { Ref: 'Order' }, ...properties },
});
const proxy = (more: Record<string, Json> = {}): Json => ({
  Type: 'AWS_PROXY',
  IntegrationHttpMethod: 'POST',
  Uri: uri('Handler'),
  ...more,
});
const anApi = (): Record<string, TemplateResource> => ({
  ...aFunction('Handler'),
  Permission: aPermission('Handler', 'apigateway.amazonaws.com', source),
  Api: {
    Type: 'AWS::ApiGateway::RestApi',
    Properties: { Name: 'orders', BinaryMediaTypes: ['image/png'], Policy: '' },
  },
  Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId, StageName: 'local' } },
  Orders: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'orders' },
  },
  Order: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId, ParentId: { Ref: 'Orders' }, PathPart: '{id}' },
  },
});
const apiOf = (resources: Record<string, TemplateResource>) =>
  deployed(aStack({ Resources: { ...anApi(), ...resources } })).apis[0]!;

describe('a REST API', () => {
  it('has its stage, its media types and the full path of each method', () => {
    const api = apiOf({ Get: method({ HttpMethod: 'GET', Integration: proxy() }) });
    expect(api).toMatchObject({ name: 'orders', stageName: 'local', binaryMediaTypes: ['image/png'] });
    expect(api.methods).toEqual([
      {
        httpMethod: 'GET',
        path: '/orders/{id}',
        integration: {
          kind: 'lambda',
          functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-local-handler',
          timeoutMs: 29_000,
        },
      },
    ]);
  });
  it('may have a method on its root, and a shorter timeout', () => {
    const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
    const integration = proxy({ TimeoutInMillis: 5000 });
    const api = apiOf({ Get: method({ ResourceId: root, HttpMethod: 'ANY', Integration: integration }) });
    expect(api.methods[0]).toMatchObject({ path: '/', httpMethod: 'ANY', integration: { timeoutMs: 5000 } });
  });
  it('calls the newest code, whichever alias the template names', () => {
    const Uri =
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/' +
      'arn:aws:lambda:eu-west-1:000000000000:function:shop-local-handler:live/invocations';
    const api = apiOf({ Get: method({ HttpMethod: 'GET', Integration: proxy({ Uri }) }) });
    expect(api.methods[0]?.integration).toMatchObject({
      functionArn: expect.stringMatching(/shop-local-handler$/),
    });
  });
  it('answers a preflight by itself', () => {
    const headers = { 'method.response.header.Access-Control-Allow-Origin': "'*'" };
    const response = {
      StatusCode: '200',
      ResponseParameters: headers,
      ResponseTemplates: { 'application/json': '' },
    };
    const integration = { Type: 'MOCK', IntegrationResponses: [response] };
    const api = apiOf({ Options: method({ HttpMethod: 'OPTIONS', Integration: integration }) });
    expect(api.methods[0]?.integration).toEqual({
      kind: 'mock',
      responses: [{ statusCode: 200, headers: { 'Access-Control-Allow-Origin': "'*'" } }],
    });
  });
  it('asks an authorizer', () => {
    const Authorizer = {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        RestApiId,
        Name: 'who',
        Type: 'REQUEST',
        AuthorizerUri: uri('Handler'),
        AuthorizerResultTtlInSeconds: 60,
        IdentitySource: 'method.request.header.Authorization, context.path',
      },
    };
    const closed = { HttpMethod: 'GET', AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } };
    const api = apiOf({ Authorizer, Get: method({ ...closed, Integration: proxy() }) });
    expect(api.methods[0]?.authorizer).toBe('Authorizer');
    expect(api.authorizers[0]).toMatchObject({
      logicalId: 'Authorizer',
      ttlSeconds: 60,
      identitySource: ['method.request.header.Authorization', 'context.path'],
    });
  });
  it('has answers of its own', () => {
    const Unauthorized = {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId,
        ResponseType: 'UNAUTHORIZED',
        StatusCode: '401',
        ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
        ResponseTemplates: { 'application/json': '{}' },
      },
    };
    expect(apiOf({ Unauthorized }).gatewayResponses).toEqual([
      {
        responseType: 'UNAUTHORIZED',
        statusCode: '401',
        headers: { 'Content-Type': "'application/problem+json'" },
        templates: { 'application/json': '{}' },
      },
    ]);
  });
  it('refuses an integration that it cannot run, by logical id', () => {
    const integration = { Type: 'HTTP_PROXY', Uri: 'https://elsewhere.example' };
    expect(() => apiOf({ Get: method({ HttpMethod: 'GET', Integration: integration }) })).toThrow(
      'shop-probe-local / Get: AWS::ApiGateway::Method: Integration.Type',
    );
  });
  it('rejects API keys, which are not checked', () => {
    const keyed = { HttpMethod: 'GET', ApiKeyRequired: true, Integration: proxy() };
    expect(() => apiOf({ Get: method(keyed) })).toThrow('the local platform does not check API keys');
  });
});
