import { defineConfig } from 'vitest/config'

// The browser tests. Each file has a server and a browser of its own; two at a time
// keep two cores busy.
export default defineConfig({
  test: {
    include: [process.env.REMIT_SPEED ? 'e2e/**/*.bench.ts' : 'e2e/**/*.e2e.ts'],
    environment: 'node',
    globalSetup: 'e2e/support/seed.ts',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
  },
})
