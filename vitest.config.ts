import { defineConfig } from 'vitest/config'

export default defineConfig({
  // graphql publishes a CommonJS and an ES build; all importers must meet in one of them.
  ssr: { resolve: { conditions: ['module', 'node', 'module-sync'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
