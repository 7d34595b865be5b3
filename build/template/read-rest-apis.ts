import * as z from 'zod';
import type { ApiMethod, RestApiSpec } from '../deployment.ts';
import {
  cfnBoolean,
  cfnNumber,
  ignored,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';
import { rootResourceId } from './resource-values.ts';
import { TemplateError } from './template-error.ts';

const texts = z.record(z.string(), z.string());
const apiProperties = z.strictObject({
  Name: z.string(),
  BinaryMediaTypes: z.array(z.string()).default([]),
  // osls writes an empty policy; a non-empty one is not evaluated locally.
  Policy: z.literal('').optional(),
});
const resourceProperties = z.strictObject({
  RestApiId: z.string(),
  ParentId: z.string(),
  PathPart: z.string(),
});
const stageProperties = z.object({ RestApiId: z.string(), StageName: z.string().optional() });
const integrationResponse = z.strictObject({
  StatusCode: z.union([z.string(), z.number()]).transform(Number),
  ResponseParameters: texts.default({}),
  ResponseTemplates: texts.default({}),
  ...ignored('ContentHandling', 'SelectionPattern'),
});
const integration = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('AWS_PROXY'),
    Uri: z.string(),
    TimeoutInMillis: cfnNumber.default(29_000),
    ...ignored('IntegrationHttpMethod', 'PassthroughBehavior', 'ContentHandling'),
  }),
  z.strictObject({
    Type: z.literal('MOCK'),
    IntegrationResponses: z.array(integrationResponse).default([]),
    ...ignored('RequestTemplates', 'ContentHandling', 'PassthroughBehavior'),
  }),
]);
const methodProperties = z.strictObject({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: cfnBoolean
    .refine((required) => !required, 'the local platform does not check API keys')
    .optional(),
  Integration: integration,
});
const authorizerProperties = z.strictObject({
  RestApiId: z.string(),
  Name: z.string(),
  Type: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  AuthorizerResultTtlInSeconds: cfnNumber.default(300),
  IdentitySource: z
    .string()
    .default('')
    .transform((sources) => sources.split(',').flatMap((source) => source.trim() || [])),
});
const responseProperties = z.strictObject({
  RestApiId: z.string(),
  ResponseType: z.string(),
  StatusCode: z.union([z.string(), z.number()]).transform(String).optional(),
  ResponseParameters: texts.default({}),
  ResponseTemplates: texts.default({}),
});

/** Reads REST APIs with their resources, methods, authorizers and gateway responses, in whichever stack they are. */
export function readRestApis(resources: ResolvedResource[]): RestApiSpec[] {
  const ofType = (type: string) =>
    resources.filter((resource) => resource.type === `AWS::ApiGateway::${type}`);
  const apis = new Map<string, RestApiSpec>();
  for (const resource of ofType('RestApi')) {
    const { Name, BinaryMediaTypes } = parseProperties(apiProperties, resource);
    const id = resource.value('ref');
    apis.set(id, {
      ...originOf(resource),
      id,
      name: Name,
      stageName: '',
      binaryMediaTypes: BinaryMediaTypes,
      methods: [],
      authorizers: [],
      gatewayResponses: [],
    });
  }
  const apiOf = (id: string, resource: ResolvedResource): RestApiSpec => {
    const api = apis.get(id);
    if (!api) throw new TemplateError(resource, `belongs to the REST API ${id}, which does not exist`);
    return api;
  };
  for (const resource of [...ofType('Deployment'), ...ofType('Stage')]) {
    const { RestApiId, StageName } = parseProperties(stageProperties, resource);
    if (StageName) apiOf(RestApiId, resource).stageName = StageName;
  }
  const authorizerIds = new Map<string, string>();
  for (const resource of ofType('Authorizer')) {
    authorizerIds.set(resource.value('ref'), resource.logicalId);
    const properties = parseProperties(authorizerProperties, resource);
    apiOf(properties.RestApiId, resource).authorizers.push({
      logicalId: resource.logicalId,
      name: properties.Name,
      functionArn: invokedFunction(properties.AuthorizerUri, resource),
      ttlSeconds: properties.AuthorizerResultTtlInSeconds,
      identitySource: properties.IdentitySource,
    });
  }
  for (const resource of ofType('GatewayResponse')) {
    const properties = parseProperties(responseProperties, resource);
    const response = present({
      responseType: properties.ResponseType,
      statusCode: properties.StatusCode,
      headers: headersOf(properties.ResponseParameters, 'gatewayresponse.header.'),
      templates: properties.ResponseTemplates,
    });
    apiOf(properties.RestApiId, resource).gatewayResponses.push(response);
  }
  const paths = resourcePaths(ofType('Resource'));
  for (const resource of ofType('Method')) {
    const properties = parseProperties(methodProperties, resource);
    const api = apiOf(properties.RestApiId, resource);
    const root = properties.ResourceId === rootResourceId(api.id);
    const path = root ? '/' : paths.get(properties.ResourceId);
    if (path === undefined)
      throw new TemplateError(resource, `its resource ${properties.ResourceId} does not exist`);
    api.methods.push(readMethod(properties, path, authorizerIds, resource));
  }
  for (const api of apis.values())
    if (api.stageName === '') throw new TemplateError(api, 'the REST API has no deployment with a stage');
  return [...apis.values()];
}

/** Full paths by resource id. */
function resourcePaths(resources: ResolvedResource[]): Map<string, string> {
  const nodes = new Map(
    resources.map((resource) => [
      resource.value('ref'),
      { resource, ...parseProperties(resourceProperties, resource) },
    ]),
  );
  const pathOf = (id: string): string => {
    const node = nodes.get(id);
    if (!node) return '';
    if (!nodes.has(node.ParentId) && node.ParentId !== rootResourceId(node.RestApiId))
      throw new TemplateError(node.resource, `its parent ${node.ParentId} does not exist`);
    return `${pathOf(node.ParentId)}/${node.PathPart}`;
  };
  return new Map([...nodes.keys()].map((id) => [id, pathOf(id)]));
}

function readMethod(
  { HttpMethod, AuthorizationType, AuthorizerId = '', Integration }: z.output<typeof methodProperties>,
  path: string,
  authorizerIds: Map<string, string>,
  resource: ResolvedResource,
): ApiMethod {
  const authorizer = authorizerIds.get(AuthorizerId);
  if (AuthorizationType === 'CUSTOM' && authorizer === undefined)
    throw new TemplateError(resource, `its authorizer ${AuthorizerId} does not exist`);
  const target: ApiMethod['integration'] =
    Integration.Type === 'AWS_PROXY'
      ? {
          kind: 'lambda',
          functionArn: invokedFunction(Integration.Uri, resource),
          timeoutMs: Integration.TimeoutInMillis,
        }
      : {
          kind: 'mock',
          responses: Integration.IntegrationResponses.map((response) => ({
            statusCode: response.StatusCode,
            headers: headersOf(response.ResponseParameters, 'method.response.header.'),
            ...present({ body: response.ResponseTemplates['application/json'] || undefined }),
          })),
        };
  return present({ httpMethod: HttpMethod, path, integration: target, authorizer });
}

/** Header values, unchanged from the template: fixed text in single quotes, or an expression. */
function headersOf(parameters: Record<string, string>, prefix: string): Record<string, string> {
  const headers = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(headers.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/ARN/invocations`, without any alias. */
function invokedFunction(uri: string, resource: ResolvedResource): string {
  const arn = /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  if (!arn) throw new TemplateError(resource, `${uri} invokes no Lambda function`);
  return unqualified(arn);
}

/** A function's ARN without the version or alias at its end: locally the newest code is the only version. */
export function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}

/** The version or alias at the end of a function's ARN. */
export function aliasIn(functionArn: string): string | undefined {
  return functionArn.split(':')[7];
}
