import base from './vitest.config.ts'

/** `npm run test:postgres`: downloads other PostgreSQL versions into a temporary folder, so not for every run. */
export default {
  ...base,
  test: {
    ...base.test,
    include: ['test/postgres/*.postgres.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
}
