import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node',
  isolate: false,
  pool: 'forks',
  globalSetup: ['test/harness/postgres.setup.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'fast', include: ['src/**/*.spec.ts', 'plugins/**/*.spec.ts', 'test/{db,e2e,rpc,plugins,architecture}/**/*.test.ts'] },
      },
      { extends: true, test: { ...shared, name: 'slow', include: ['test/slow/**/*.test.ts'], testTimeout: 300_000 } },
    ],
  },
});
