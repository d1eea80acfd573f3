import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Each file starts a gateway, agents and machines of its own. */
const UNDER_ATTACK = ['test/attacks/**', 'test/faults/**', 'test/regressions/**']
/** They open no browser, and wait more than they work: two of them share the cores well. */
const WITHOUT_BROWSER = [
  'access-by-api',
  'bad-addresses',
  'bad-input',
  'bytes',
  'denials',
  'openapi',
  'operator-terms',
  'policy-change',
].map((name) => `test/journeys/${name}.test.ts`)
/**
 * They change or measure what belongs to the whole process (environment, folder, output, exit code, memory), so they have one of their own. All
 * other unit tests share two processes: what they import is loaded once for all of them, which is half of what they cost.
 */
const ALONE = [
  // With the certificates of other files in the same process Node loses what it knows of the one of a TLS client (`subjectAltName is not a function`).
  'agent/*.test.ts',
  'agent/enrolment/**/*.test.ts',
  'agent/link/**/*.test.ts',
  'agent/whole/**/*.test.ts',
  'gateway/pki/**/*.test.ts',
  'gateway/tunnels/**/*.test.ts',
  'agent/hardware/*.test.ts',
  'deploy/**/*.test.ts',
  'gateway/commands/**/*.test.ts',
  'gateway/database/*.test.ts',
  'gateway/policies-admin/compiler/*.test.ts',
  'gateway/proxy/bulk-transfer.test.ts',
  'idp/main.test.ts',
  'test/release/*.test.ts',
]
const never = ['**/node_modules/**', '**/dist/**', 'test/machines/**', '**/*.long.test.ts']

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    retry: 0,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    setupFiles: ['test/support/patient-waits.ts'],
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...never, 'test/journeys/**', ...UNDER_ATTACK, ...ALONE],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          exclude: never,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'attacks',
          include: [...UNDER_ATTACK.map((folder) => `${folder}/*.test.ts`), ...WITHOUT_BROWSER],
          exclude: never,
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // A browser, a gateway and its machines fill both cores: one journey at a time, after everything else.
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          exclude: [...never, ...WITHOUT_BROWSER],
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
