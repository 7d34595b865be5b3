/**
 * The resources of the compiled stacks, with every intrinsic function resolved: the one model that provisioning, the AWS
 * endpoint, the gateway, the Lambda hosts and the event sources read. Created by `template/`.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A CloudFormation template as a stack compiles to, before resolution. */
export type Template = {
  Parameters?: Record<string, { Type: string; Default?: Json }>;
  Conditions?: Record<string, Json>;
  Mappings?: Record<string, Record<string, Record<string, Json>>>;
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: Json; Export?: { Name: Json }; Condition?: string }>;
};

export type TemplateResource = {
  Type: string;
  Properties?: Record<string, Json>;
  DependsOn?: string | string[];
  Condition?: string;
  DeletionPolicy?: string;
};

/**
 * One stack: `directory` is relative to the project's root, `name` is `${service}-${stage}`. `parameters` are what
 * `sls deploy` would pass to CloudFormation (`provider.stackParameters`).
 */
export type CompiledStack = {
  name: string;
  service: string;
  directory: string;
  template: Template;
  parameters?: Record<string, string>;
  /** `provider.stackTags`. */
  tags?: Record<string, string>;
  /** Where the stack is deployed when it sets its own region; otherwise the platform's region. */
  region?: string;
};

/** The stack and logical id of a resource, for error messages and reports. */
export type Origin = { stack: string; logicalId: string };

export type FunctionSpec = Origin & {
  name: string;
  arn: string;
  /** Stack directory relative to the root; `handler` is relative to it: `src/handlers/login.handler`. */
  directory: string;
  handler: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  roleArn: string;
  runtime: string;
  /** X-Ray tracing is active: the role needs rights for it. */
  traced?: boolean;
  /** The function is connected to a VPC: the role needs rights for its network interfaces. */
  inVpc?: boolean;
};

export type PolicyStatement = {
  sid?: string;
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
  conditions?: Record<string, Record<string, string[]>>;
};

export type RoleSpec = Origin & { name: string; arn: string; statements: PolicyStatement[] };

export type ApiMethod = {
  httpMethod: string; // GET … or ANY
  /** Resource path as API Gateway writes it: `/api/v1/orders/{id}`. */
  path: string;
  /** Lambda proxy target, or a mock integration (CORS preflight). */
  integration:
    | { kind: 'lambda'; functionArn: string; timeoutMs: number }
    | { kind: 'mock'; responses: MockResponse[] };
  authorizer?: string; // logical id in `authorizers`
};
export type MockResponse = { statusCode: number; headers: Record<string, string>; body?: string };
export type AuthorizerSpec = {
  logicalId: string;
  name: string;
  functionArn: string;
  ttlSeconds: number;
  /** `method.request.header.Authorization` … */
  identitySource: string[];
};
export type GatewayResponseSpec = {
  responseType: string; // UNAUTHORIZED, DEFAULT_4XX …
  statusCode?: string;
  headers: Record<string, string>; // header name → value, `gatewayresponse.header.` prefix removed
  templates: Record<string, string>; // content type → VTL body
};
export type RestApiSpec = Origin & {
  id: string;
  name: string;
  stageName: string;
  binaryMediaTypes: string[];
  methods: ApiMethod[];
  authorizers: AuthorizerSpec[];
  gatewayResponses: GatewayResponseSpec[];
};

export type KeyAttribute = { name: string; type: 'S' | 'N' | 'B' };
export type IndexSpec = {
  name: string;
  partitionKey: KeyAttribute;
  sortKey?: KeyAttribute;
  projection: { type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; nonKeyAttributes?: string[] };
};
export type TableSpec = Origin & {
  name: string;
  arn: string;
  partitionKey: KeyAttribute;
  sortKey?: KeyAttribute;
  globalIndexes: IndexSpec[];
  ttlAttribute?: string;
  stream?: { viewType: string; arn: string };
};

export type QueueSpec = Origin & {
  name: string;
  arn: string;
  url: string;
  fifo: boolean;
  attributes: Record<string, string>; // VisibilityTimeout, RedrivePolicy … in the format of the SQS API
};
export type TopicSpec = Origin & {
  name: string;
  arn: string;
  fifo: boolean;
  attributes: Record<string, string>;
};
export type SubscriptionSpec = Origin & {
  topicArn: string;
  protocol: 'sqs' | 'lambda';
  /** Without the alias of a function. */
  endpointArn: string;
  /** The alias of a function, in stages that have aliases. */
  alias?: string;
  rawDelivery: boolean;
  filterPolicy?: Json;
  filterPolicyScope: 'MessageAttributes' | 'MessageBody';
  redrivePolicy?: Json;
};
export type BucketNotification = { event: string; functionArn: string; prefix?: string; suffix?: string };
export type CorsRule = {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAge?: number;
};
export type BucketSpec = Origin & {
  name: string;
  arn: string;
  notifications: BucketNotification[];
  cors: CorsRule[];
  /** ARN patterns of the objects that CloudFront may serve, by the bucket's policy. */
  publicObjects: string[];
};

/** The accepted values of fields, at any depth. */
export type FilterPattern = { [field: string]: FilterPattern | (string | number | boolean | null)[] };
export type EventSourceMappingSpec = Origin & {
  functionArn: string;
  sourceArn: string; // queue or stream
  batchSize: number;
  windowSeconds: number;
  partialResponses: boolean;
  maximumConcurrency?: number;
  filterPatterns: FilterPattern[];
  enabled: boolean;
  // streams only
  maximumRetryAttempts?: number;
};
/** How Lambda treats the asynchronous events of a function: AWS::Lambda::EventInvokeConfig. */
export type AsyncInvokeSpec = Origin & {
  functionArn: string;
  /** Retries after the first attempt, 0 to 2. */
  maximumRetryAttempts: number;
  maximumAgeSeconds: number;
  /** The queue for events whose retries failed. */
  onFailureArn?: string;
};
/** A resource that a function creates; `properties` is its input. */
export type CustomResourceSpec = Origin & {
  type: string;
  functionArn: string;
  /** How long the function may take to respond. */
  timeoutMs: number;
  properties: Record<string, Json>;
  /** Logical ids of the resources of its stack that must exist first. */
  dependsOn: string[];
};
export type ScheduleSpec = Origin & {
  ruleName: string;
  ruleArn: string;
  expression: string; // cron(…) or rate(…)
  enabled: boolean;
  functionArn: string;
  input?: string;
};
/** `generate` is GenerateSecretString without punctuation; a secret without it starts without a value, as on AWS. */
export type SecretSpec = Origin & {
  name: string;
  arn: string;
  value?: string;
  generate?: { template: string; key: string; length: number };
};

export type Deployment = {
  project: string;
  stage: string;
  region: string;
  accountId: string;
  functions: FunctionSpec[];
  roles: RoleSpec[];
  apis: RestApiSpec[];
  tables: TableSpec[];
  queues: QueueSpec[];
  topics: TopicSpec[];
  subscriptions: SubscriptionSpec[];
  buckets: BucketSpec[];
  mappings: EventSourceMappingSpec[];
  schedules: ScheduleSpec[];
  asyncInvokes: AsyncInvokeSpec[];
  customResources: CustomResourceSpec[];
  secrets: SecretSpec[];
  exports: Record<string, string>;
  /** Resources ignored because their type is listed as cloud-only. */
  cloudOnly: (Origin & { type: string })[];
};
