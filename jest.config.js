const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.sql'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node', 'sql'],
  transform: {
    '\\.sql$': '<rootDir>/tests/setup/text-transform.cjs',
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2024',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['/.local/', '/.cache/', '/.serverless/', '/.esbuild/'],
};

/** Three projects: unit (pure, beside the code), int (one adapter or handler on its real engine), e2e (the whole shop). */
export default {
  // Jest takes it here only, not per project; how long a real engine or a compiler may take on a busy machine.
  testTimeout: 60000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{services,shared,resources,build,client,platform,operations,proofs,bench,tests}/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['\\.(int|proxied|e2e|contract)\\.test\\.ts$', '/node_modules/', '/.cache/'],
    },
    {
      ...base,
      displayName: 'int',
      testMatch: [
        '<rootDir>/{services,shared,resources,build,client,platform,operations,proofs,tests}/**/*.int.test.ts',
      ],
      globalSetup: '<rootDir>/tests/setup/start-engines.ts',
      globalTeardown: '<rootDir>/tests/setup/stop-engines.ts',
    },
    // What the services ask of PostgreSQL, through what RDS Proxy lets pass: `npm run test:proxy`.
    {
      ...base,
      displayName: 'proxied',
      testMatch: [
        '<rootDir>/services/{users,orders,payments}/**/*.int.test.ts',
        '<rootDir>/tests/database-access/*.proxied.test.ts',
      ],
      globalSetup: '<rootDir>/tests/setup/start-proxied-engines.ts',
      globalTeardown: '<rootDir>/tests/setup/stop-proxied-engines.ts',
    },
    {
      ...base,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.e2e.test.ts'],
      globalSetup: '<rootDir>/tests/setup/start-platform.ts',
      globalTeardown: '<rootDir>/tests/setup/stop-platform.ts',
    },
    {
      ...base,
      displayName: 'contract',
      testMatch: ['<rootDir>/tests/platform-contract/**/*.contract.test.ts'],
      globalSetup: '<rootDir>/tests/platform-contract/start-platform.ts',
      globalTeardown: '<rootDir>/tests/platform-contract/stop-platform.ts',
    },
  ],
};
