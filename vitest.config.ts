import { defineConfig } from 'vitest/config';

// `forgegate/sdk` means its source: a test must never run against an old build
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // ten times faster; tests share the module graph of their worker and keep no state in it
    isolate: false,
    globalSetup: ['test/harness/postgres.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The reports name what needed its second try: such a test waits for time instead of facts, and is to be mended
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: [
            'src/**/*.spec.ts',
            'plugins/**/*.spec.ts',
            'test/{db,e2e,rpc,plugins,architecture,dialects,clients}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/{slow,attacks}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
