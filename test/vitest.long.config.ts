import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The tests that take too long for every change: `npm run test:long`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['**/*.long.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/machines/**'],
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    fileParallelism: false,
    retry: 0,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    setupFiles: ['test/support/patient-waits.ts'],
    expect: { poll: { timeout: 15_000 } },
  },
})
