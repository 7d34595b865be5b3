import type { Resource } from './alarm.ts';
import { cacheNodes } from './servers.ts';
import type { Settings, Watched, WatchedFunction } from './watched.ts';
import { dashboard, graph, headline, type MetricRow, stacked, type Widget } from './widgets.ts';

const lambda = (
  metric: string,
  { key, name }: WatchedFunction,
  more: Record<string, unknown> = {},
): MetricRow => ['AWS/Lambda', metric, 'FunctionName', name, { label: key, ...more }];

/** Unexpected errors, which a function's wrapper counts, and Lambda's own count: crashes, and errors thrown to be retried. */
const failures = ({ prefix, project }: Settings, each: WatchedFunction, label: string): MetricRow[] => [
  [
    prefix,
    'UnexpectedErrors',
    'service',
    `${project}-${each.service}`,
    'FunctionName',
    each.name,
    { label: `${label}: unexpected` },
  ],
  lambda('Errors', each, { label: `${label}: failed invocations` }),
];

/** Rate, latency and errors of each API and of each route (one function per route). */
function application({ settings, apis, functions }: Watched): Widget[] {
  return apis.flatMap((api) => {
    const service = /^shop-([a-z]+)-/.exec(api.name)?.[1] ?? api.name;
    const dimensions = ['ApiName', api.name, 'Stage', settings.stage];
    const routes = functions.filter((each) => each.http && each.service === service);
    return [
      headline(`## ${service}`),
      graph(`${service}: requests and errors`, [
        ['AWS/ApiGateway', 'Count', ...dimensions, { stat: 'Sum', label: 'requests' }],
        ['AWS/ApiGateway', '4XXError', ...dimensions, { stat: 'Sum', label: '4xx' }],
        ['AWS/ApiGateway', '5XXError', ...dimensions, { stat: 'Sum', label: '5xx' }],
      ]),
      graph(
        `${service}: latency, ms`,
        ['p50', 'p95', 'p99'].map((stat) => [
          'AWS/ApiGateway',
          'Latency',
          ...dimensions,
          { stat, label: stat },
        ]),
      ),
      graph(
        `${service}: requests per route`,
        routes.map((route) => lambda('Invocations', route)),
        stacked,
      ),
      graph(
        `${service}: p95 per route, ms`,
        routes.map((route) => lambda('Duration', route)),
        { stat: 'p95' },
      ),
      graph(
        `${service}: p50 and p99 per route, ms`,
        routes.flatMap((route) => [
          lambda('Duration', route, { stat: 'p50', label: `${route.key} p50` }),
          lambda('Duration', route, { stat: 'p99', label: `${route.key} p99` }),
        ]),
      ),
      graph(
        `${service}: failures per route`,
        routes.flatMap((route) => failures(settings, route, route.key)),
        stacked,
      ),
    ];
  });
}

/** Depth, age and dead letters of the queues, deliveries of the topics, failures and latency of the reactions. */
function messaging({ settings, queues, topics, functions }: Watched): Widget[] {
  const sqs = (metric: string, names: readonly string[], stat: string): MetricRow[] =>
    names.map((name) => ['AWS/SQS', metric, 'QueueName', name, { stat }]);
  const working = queues.filter(({ reader }) => reader).map(({ name }) => name);
  const deadLetters = queues.filter(({ reader }) => !reader).map(({ name }) => name);
  const reactions = functions.filter(({ http }) => !http);
  const sweeps = [
    ...new Set(reactions.filter(({ key }) => /outbox/.test(key)).map(({ service }) => service)),
  ];
  return [
    graph(
      'Dead letters and failed invocations',
      sqs('ApproximateNumberOfMessagesVisible', deadLetters, 'Maximum'),
    ),
    graph('Age of the oldest message, s', sqs('ApproximateAgeOfOldestMessage', working, 'Maximum')),
    graph('Messages waiting', sqs('ApproximateNumberOfMessagesVisible', working, 'Maximum')),
    graph('Messages being worked on', sqs('ApproximateNumberOfMessagesNotVisible', working, 'Maximum')),
    graph(
      'Events published',
      topics.map((name) => ['AWS/SNS', 'NumberOfMessagesPublished', 'TopicName', name, { stat: 'Sum' }]),
    ),
    graph(
      'Events not delivered',
      topics.map((name) => ['AWS/SNS', 'NumberOfNotificationsFailed', 'TopicName', name, { stat: 'Sum' }]),
    ),
    graph(
      'Outbox: age of the oldest unpublished event, s',
      sweeps.map((service) => [
        settings.prefix,
        'OutboxLag',
        'service',
        `${settings.project}-${service}`,
        { stat: 'Maximum' },
      ]),
    ),
    graph(
      'Reactions: failures',
      reactions.flatMap((each) => failures(settings, each, `${each.service} ${each.key}`)),
      stacked,
    ),
    graph(
      'Reactions: p95, ms',
      reactions.map((each) => lambda('Duration', each, { label: `${each.service} ${each.key}` })),
      {
        stat: 'p95',
      },
    ),
  ];
}

/** Connections, proxies, cache and tables. */
function data({ settings, tables, functions }: Watched): Widget[] {
  const databases = ['users-db', 'orders-db'].map((name) => `${settings.prefix}-${name}`);
  const rds = (metric: string, stat = 'Average') =>
    databases.map((name) => ['AWS/RDS', metric, 'DBInstanceIdentifier', name, { stat }]);
  const proxy = (metric: string) =>
    databases.map((name) => ['AWS/RDS', metric, 'ProxyName', name, { stat: 'Sum' }]);
  const table = (metric: string, stat = 'Sum') =>
    tables.map((name) => ['AWS/DynamoDB', metric, 'TableName', name, { stat }]);
  const cache = (metric: string, id: string, more: Record<string, unknown>): MetricRow[] =>
    cacheNodes(settings).map((node, index) => [
      'AWS/ElastiCache',
      metric,
      'CacheClusterId',
      node,
      { id: `${id}${index + 1}`, ...more },
    ]);
  return [
    graph('Databases: CPU, %', rds('CPUUtilization')),
    graph('Databases: connections', rds('DatabaseConnections', 'Maximum')),
    graph('Databases: free storage, bytes', rds('FreeStorageSpace', 'Minimum')),
    graph('Databases: read and write latency, s', [...rds('ReadLatency'), ...rds('WriteLatency')]),
    graph('Proxies: clients', proxy('ClientConnections')),
    graph('Proxies: sessions pinned', proxy('DatabaseConnectionsCurrentlySessionPinned')),
    graph('Cache: hits and misses', [
      ...cache('CacheHits', 'hits', { stat: 'Sum' }),
      ...cache('CacheMisses', 'misses', { stat: 'Sum' }),
      [
        {
          expression: '100 * SUM(METRICS("hits")) / (SUM(METRICS("hits")) + SUM(METRICS("misses")))',
          label: 'hit ratio, %',
          yAxis: 'right',
        },
      ],
    ]),
    graph('Cache: memory, % and evictions', [
      ...cache('DatabaseMemoryUsagePercentage', 'memory', { stat: 'Maximum' }),
      ...cache('Evictions', 'evictions', { stat: 'Sum', yAxis: 'right' }),
    ]),
    graph('Tables: capacity read', table('ConsumedReadCapacityUnits'), stacked),
    graph('Tables: capacity written', table('ConsumedWriteCapacityUnits'), stacked),
    graph('Tables: throttled', [...table('ReadThrottleEvents'), ...table('WriteThrottleEvents')], stacked),
    graph(
      'Functions: throttled',
      functions.map((each) => lambda('Throttles', each)),
      stacked,
    ),
  ];
}

/** Business metrics. */
function business({ settings, functions }: Watched): Widget[] {
  const counted = (
    service: string,
    metric: string,
    label: string,
    more: Record<string, unknown> = {},
  ): MetricRow => [
    settings.prefix,
    metric,
    'service',
    `${settings.project}-${service}`,
    { stat: 'Sum', label, ...more },
  ];
  const views = functions.find(({ service, key }) => service === 'products' && key === 'get-product');
  return [
    graph('Orders per minute', [
      counted('reports', 'OrdersPlaced', 'placed'),
      counted('reports', 'OrdersPaid', 'paid'),
      counted('reports', 'OrdersShipped', 'shipped'),
      counted('reports', 'OrdersCompleted', 'completed'),
      counted('reports', 'OrdersCancelled', 'cancelled'),
    ]),
    graph(
      'Payments that succeed, %',
      [
        counted('reports', 'OrdersPaid', 'paid', { id: 'paid', visible: false }),
        counted('reports', 'PaymentsFailed', 'failed', { id: 'failed', visible: false }),
        [{ expression: '100 * FILL(paid, 0) / (FILL(paid, 0) + FILL(failed, 0))', label: 'succeed' }],
      ],
      { period: 300, yAxis: { left: { min: 0, max: 100 } } },
    ),
    graph('Registrations', [counted('users', 'Registrations', 'accounts')], { period: 300 }),
    graph('Product views', views ? [lambda('Invocations', views, { stat: 'Sum', label: 'views' })] : []),
  ];
}

/** The four dashboards, by logical id. */
export const dashboards = (watched: Watched): Record<string, Resource> => ({
  ApplicationDashboard: dashboard(watched.settings, 'application', application(watched)),
  MessagingDashboard: dashboard(watched.settings, 'messaging', messaging(watched)),
  DataDashboard: dashboard(watched.settings, 'data', data(watched)),
  BusinessDashboard: dashboard(watched.settings, 'business', business(watched)),
});
