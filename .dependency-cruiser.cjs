/**
 * Which folder may import which, and no cycles. Checked by `npm run lint`.
 */
const services = 'users|products|orders|payments|media|notifications|reports';
const test = String.raw`\.test\.ts$`;
/** Test code: test files and the folders with their fixtures. */
const testCode = [test, '(^|/)testing/', '/fixtures/', '^tests/'];

/** `folder` imports only itself, packages and `allowed`. */
const only = (folder, allowed, exceptFor = []) => ({
  name: `${folder}-imports`,
  comment: `${folder} imports only ${['itself', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: exceptFor },
  to: {
    path: '^(services|shared|resources|client|build|platform|operations|proofs|bench|tests)/',
    pathNot: [folder, ...allowed].map((name) => `^${name}/`),
  },
});

/** A layer of a service imports only its own folder, the listed ones and, of shared, what `sharedParts` matches. */
const layer = (name, allowed, extra = {}) => ({
  name: `service-${name}`,
  comment: `${name} imports only ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^services/[^/]+/src/${name}/`, pathNot: testCode },
  to: { path: '^services/[^/]+/', pathNot: allowed.map((each) => `^services/[^/]+/src/${each}`), ...extra },
});

/** What decides without I/O may use of shared/. */
const pureShared = [
  'errors',
  'expected-version',
  'error-codes',
  'auth/permissions',
  'auth/mail-token',
  'money',
  'text',
  'address',
  'ids?',
  'events',
  'audit',
  'contracts',
  'clock',
  'decider',
  'limits',
  'refusals?',
].map((name) => `^shared/${name}(/|\\.ts$)`);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules depend on each other in one direction; type-only imports count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-import',
      // aws-lambda has types only (@types/aws-lambda); the console serves idiomorph.js from its package.
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^aws-lambda$', '/idiomorph\\.js$'] },
    },
    {
      name: 'no-service-to-service',
      comment: 'Services communicate by events and through shared/contracts.',
      severity: 'error',
      from: { path: `^services/(${services})/` },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Only tests import tests/.',
      severity: 'error',
      from: { pathNot: testCode },
      to: { path: '^tests/' },
    },
    only('shared', [], testCode),
    only('services', ['shared'], testCode),
    only('resources', ['shared'], testCode),
    only('client', ['shared']),
    only('build', ['shared', 'client'], testCode),
    only('platform', ['build', 'client', 'shared'], testCode),
    only('bench', ['client', 'build', 'platform', 'shared'], testCode),
    only('operations', ['client', 'build', 'platform', 'shared'], testCode),
    only('proofs', ['client', 'build', 'platform', 'shared', 'operations', 'services', 'bench'], testCode),
    {
      ...only('services', ['shared', 'platform', 'tests', 'build']),
      name: 'service-tests-imports',
      from: { path: ['^services/.*\\.test\\.ts$', '^services/[^/]+/testing/'] },
    },
    {
      ...only('shared', ['platform', 'tests', 'build']),
      name: 'shared-tests-imports',
      from: { path: ['^shared/.*\\.test\\.ts$', '^shared/testing/'] },
    },
    layer('handlers', [
      'handlers/',
      'app\\.ts$',
      'api(/|\\.ts$)',
      'workflows/',
      'domain/',
      'views(/|\\.ts$)',
    ]),
    layer('workflows', ['workflows/', 'domain/', 'adapters/']),
    {
      name: 'service-workflows-adapter-types',
      comment: 'A workflow receives its adapters; it imports only their types.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/workflows/', pathNot: testCode },
      to: { path: '^services/[^/]+/src/adapters/', dependencyTypesNot: ['type-only'] },
    },
    layer('adapters', ['adapters/', 'domain/', 'config\\.ts$']),
    layer('domain', ['domain/']),
    {
      name: 'service-domain-shared',
      comment:
        'The domain does no I/O: of shared it imports errors, expected versions, permissions, purposes of mail tokens, money, text, addresses, ids, events, recorded actions, contracts, limits, the decider and the clock.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/', pathNot: testCode },
      to: { path: '^shared/', pathNot: pureShared },
    },
    {
      name: 'service-domain-packages',
      comment: 'The domain does no I/O: it imports no SDK, driver or Node module that does.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/', pathNot: testCode },
      to: {
        path: [
          'node_modules/(@aws-sdk|@aws-lambda-powertools|@middy|pg|stripe|sharp|ioredis)/',
          '^(node:)?(fs|net|http|https|child_process)(/|$)',
        ],
      },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/browser/vendor/', '^proofs/[^/]+/recorded/'] },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      extensions: ['.ts', '.cjs', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
