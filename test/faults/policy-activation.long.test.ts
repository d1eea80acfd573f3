import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../gateway/basics/clock.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { wholeInstallation } from '../../gateway/basics/scope.ts'
import { openDatabase } from '../../gateway/database/open-database.ts'
import { loadShippedPolicy } from '../../gateway/policies-admin/load-shipped-policy.ts'
import { policySources, revisionOf } from '../../gateway/policies-admin/policy-files.ts'
import { startPolicies, type Policies } from '../../gateway/start-policies.ts'
import { createStorage, type Storage } from '../../gateway/storage/create-storage.ts'
import { migrations } from '../../gateway/storage/migrations.ts'
import type { Schema } from '../../gateway/storage/schema.ts'
import { organisationId, personId, storeExamples } from '../../gateway/storage/testing/example-records.ts'

const policiesDir = fileURLToPath(new URL('../../policies', import.meta.url))
const entry = fileURLToPath(new URL('./policy/activation-entry.ts', import.meta.url))
let dataDir: string
let old: string
let next: string

async function asTheGateway<Result>(work: (policies: Policies, storage: Storage) => Promise<Result>): Promise<Result> {
  const shared = { clock: systemClock, random: systemRandom, logger: silentLogger }
  const database = await openDatabase<Schema>({ file: join(dataDir, 'gateway.sqlite'), migrations, ...shared })
  const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
  if ((await storage.installation.get('service_organisation')) === undefined) {
    await storeExamples(storage)
    await storage.installation.put('service_organisation', organisationId('north'), 0, [])
  }
  const settings = { dataDir, policiesDir, policy: { fourEyes: false }, demo: false }
  const policies = await startPolicies({ ...shared, settings, storage, organisation: organisationId('north'), environment: {} })
  try {
    return await work(policies, storage)
  } finally {
    await policies.close()
    await database.close()
  }
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'activation-'))
  const shipped = await loadShippedPolicy(policiesDir)
  const sources = { ...policySources(policiesDir), 'rules/next.rego': 'package sallyport.next\n\nnext := true\n' }
  ;[old, next] = [shipped.revision, revisionOf(sources)]
  await asTheGateway(async ({ room }, storage) => {
    const policy = { ...shipped, revision: next }
    const facts = { revision: next, organisationId: organisationId('north'), parent: old, author: personId('Ada'), contributors: [] }
    const tests = { testsPassed: 1, testsFailed: 0, coveragePercent: 100, results: null }
    const signature = room.signer?.signBundle(policy) ?? ''
    await storage.policies.insertRevision(
      { ...facts, ...tests, origin: 'git', comment: 'next', createdAt: 1, sources, policy, signature },
      [],
    )
  })
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

it.each([
  ['before the commit', false],
  ['after the commit', true],
  ['after the swap', true],
  ['after the answer', true],
])(
  'kill -9 %s of an activation leaves the old policy or the new one wholly, without an alarm',
  async (moment, isNew) => {
    const child = spawn(process.execPath, [entry, dataDir, policiesDir, next, moment], { stdio: ['ignore', 'inherit', 'inherit'] })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    const found = () =>
      asTheGateway(async ({ room, decisions }, storage) => {
        const { items } = await storage.events.list(wholeInstallation, { type: 'policy.activated' }, { limit: 10, after: null })
        return { sequence: room.active?.sequence, decides: decisions.revision, alarms: room.alarms, events: items.length }
      })
    const wholly = isNew ? { sequence: 2, decides: next, events: 2 } : { sequence: 1, decides: old, events: 1 }
    expect(await found()).toEqual({ ...wholly, alarms: [] })
    expect(await found()).toEqual({ ...wholly, alarms: [] })
  },
  120_000,
)
