import base from './vitest.config.ts'

/** `npm run test:chaos`: too long for every run, and to be run before every release. */
export default {
  ...base,
  test: {
    ...base.test,
    include: ['test/chaos/*.chaos.ts'],
    globalSetup: [],
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
}
