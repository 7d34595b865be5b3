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
  setupFilesAfterEnv: ['<rootDir>/tests/setup/require-assertions.ts'],
  modulePathIgnorePatterns: ['/.local/', '/.cache/', '/.serverless/', '/.esbuild/'],
};

/** The projects are explained in tests/README.md. */
export default {
  // Enough for a real engine or a compiler on a busy machine. Jest ignores it inside a project.
  testTimeout: 60000,
  // Tests of a file run in random order; the run prints its seed (--seed=N repeats it).
  randomize: true,
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
    // The PostgreSQL services through a connection that rejects what RDS Proxy rejects.
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
