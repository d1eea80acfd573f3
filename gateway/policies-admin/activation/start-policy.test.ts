import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError } from '../../basics/coded-error.ts'
import { ada, policyWorld, type PolicyWorld } from '../testing/policy-world.ts'
import { revisionOf } from '../policy-files.ts'
import { organisationId } from '../../storage/testing/example-records.ts'
import { mostTold } from './find-good-policies.ts'
import { activateRevision } from './activate-revision.ts'
import { policyKeyFile } from './policy-signer.ts'

let world: PolicyWorld
beforeEach(async () => {
  world = await policyWorld({ ports: { fourEyes: false } })
})
afterEach(() => world[Symbol.asyncDispose]())

const kept = (): string => join(world.dataDir, 'policy', 'last-good.json')
const codes = (): string[] => world.room.alarms.map(({ code }) => code)
const activate = async (remark: string): Promise<string> => {
  const revision = await world.submit(remark)
  await activateRevision(world.room, {
    revision,
    by: ada,
    expectedActive: world.activeRevision() ?? null,
    comment: remark,
    confirmDenied: undefined,
  })
  return revision
}
const restart = () => world.start({ ports: { fourEyes: false } })
/** What no program of ours does: the guards of the database are taken away first. */
function behindOurBack(change: string): void {
  const database = new DatabaseSync(world.databaseFile)
  for (const trigger of ['policy_revision_kept_as_it_is', 'policy_activation_kept_as_it_is', 'policy_activation_kept'])
    database.exec(`DROP TRIGGER IF EXISTS ${trigger}`)
  database.exec(change)
  database.close()
}
const another = () => {
  const sources = { ...world.shipped.sources, 'rules/of_the_release.rego': 'package sallyport.of_the_release\n\nnew := true\n' }
  return { sources, policy: { ...world.shipped.policy, revision: revisionOf(sources) } }
}

describe('the first start', () => {
  it('takes the policy of the release as number 1, signs it with a key that nobody else can read, and keeps a copy', async () => {
    expect(world.room.active).toMatchObject({ sequence: 1, revision: world.shipped.policy.revision, previous: null, by: null })
    expect(world.engine.revision).toBe(world.shipped.policy.revision)
    expect(await world.eventTypes()).toEqual(['policy.submitted', 'policy.activated'])
    for (const file of [policyKeyFile(world.dataDir), kept()]) expect((await stat(file)).mode & 0o777).toBe(0o600)
    await restart()
    expect([world.room.active?.sequence, world.engine.revision, codes()]).toEqual([1, world.shipped.policy.revision, []])
    expect(await world.eventTypes()).toEqual(['policy.submitted', 'policy.activated'])
  })

  it('refuses to go on without a policy of the release', async () => {
    const damaged = new CodedError({ code: 'policy_damaged', message: 'damaged', remedy: 'fix' })
    await expect(policyWorld({ shipped: () => Promise.reject(damaged) })).rejects.toBe(damaged)
  })
})

describe('a release with another policy', () => {
  it('activates it where nobody ever changed the policy', async () => {
    const release = another()
    await world.start({ shipped: async () => release })
    expect(world.room.active).toMatchObject({ sequence: 2, revision: release.policy.revision })
    expect(await world.storage.policies.newestActivation()).toMatchObject({ kind: 'release', by: null })
    // The release before it is installed again.
    await world.start()
    expect(world.room.active).toMatchObject({ sequence: 3, revision: world.shipped.policy.revision })
  })

  it('leaves it as a submitted revision where the team chose its own', async () => {
    const own = await activate('own')
    const release = another()
    await world.start({ shipped: async () => release })
    expect([world.activeRevision(), codes()]).toEqual([own, []])
    expect(await world.storage.policies.findRevision(release.policy.revision)).toMatchObject({
      revision: { origin: 'shipped', author: null },
      wasActive: false,
    })
  })

  it('that is damaged changes nothing, and is seen', async () => {
    await world.start({ shipped: () => Promise.reject(new CodedError({ code: 'policy_damaged', message: 'damaged', remedy: 'fix' })) })
    expect([world.activeRevision(), codes()]).toEqual([world.shipped.policy.revision, ['shipped_policy_damaged']])
    expect((await world.eventTypes()).at(-1)).toBe('policy.alarm')
  })
})

describe('a policy that is not what was activated', () => {
  it.each([
    ['other rules', 'policy_corrupt', `sources = json_set(sources, '$."rules/region.rego"', 'package sallyport.rules.region')`],
    ['sources that are none', 'policy_corrupt', `sources = '[1]'`],
    ['another program', 'policy_unsigned', 'wasm = zeroblob(1000)'],
    ['other data', 'policy_unsigned', `data = json_set(data, '$.limits', 1)`],
    ['no signature', 'policy_unsigned', `signature = ''`],
    ['a program that is too big', 'policy_oversized', 'wasm = zeroblob(16 * 1024 * 1024 + 1)'],
  ])('because it has %s: the copy beside the database decides, and the alarm is seen', async (_what, code, change) => {
    const own = await activate('own')
    behindOurBack(`UPDATE policy_revisions SET ${change} WHERE revision = '${own}'`)
    await restart()
    expect([world.room.active?.sequence, world.engine.revision, codes()]).toEqual([2, own, [code]])
    expect((await world.eventTypes()).at(-1)).toBe('policy.alarm')
    // The next good one ends the alarm.
    await activate('next')
    expect(codes()).toEqual([])
    await restart()
    expect([world.room.active?.sequence, codes()]).toEqual([3, []])
  })

  it('nor is the copy: the one before decides', async () => {
    const own = await activate('own')
    behindOurBack(`UPDATE policy_revisions SET data = '{}' WHERE revision = '${own}'`)
    const text = await readFile(kept(), 'utf8')
    await writeFile(kept(), text.replace('"sequence":2', '"sequence":2 ').replace(/"wasm":"AGFzbQ/, '"wasm":"AGFzcA'))
    await restart()
    expect([world.room.active?.sequence, world.engine.revision]).toEqual([1, world.shipped.policy.revision])
    expect(codes()).toEqual(['policy_unsigned', 'policy_unsigned'])
    // No number is given twice.
    await activate('next')
    expect(world.room.active?.sequence).toBe(3)
  })

  it('because its number was changed: signed is which one follows which', async () => {
    await activate('own')
    behindOurBack('DELETE FROM policy_activations WHERE sequence = 2; UPDATE policy_activations SET sequence = 7')
    await restart()
    expect([world.room.active?.sequence, codes()]).toEqual([2, ['policy_unsigned']])
  })
})

describe('an older database', () => {
  it('does not bring an older policy back', async () => {
    const own = await activate('own')
    behindOurBack('DELETE FROM policy_activations WHERE sequence = 2; DELETE FROM policy_waiting_steps')
    const database = new DatabaseSync(world.databaseFile)
    database.exec(`DROP TRIGGER policy_revision_kept; DELETE FROM policy_revisions WHERE revision = '${own}'`)
    database.close()
    await restart()
    expect([world.room.active?.sequence, world.engine.revision, codes()]).toEqual([2, own, ['policy_older']])
    expect(await world.storage.policies.findRevision(own)).toMatchObject({ revision: { origin: 'recovered' } })
    await activate('next')
    expect([world.room.active?.sequence, codes()]).toEqual([3, []])
  })

  it('cannot be told from a new one without the copy, which is said', async () => {
    await activate('own')
    await rm(kept())
    await restart()
    expect([world.room.active?.sequence, codes()]).toEqual([2, ['policy_corrupt']])
    await restart()
    expect(codes()).toEqual([])
  })

  it('is not one that died between the row and its copy', async () => {
    await copyFile(kept(), `${kept()}.before`)
    const own = await activate('own')
    await copyFile(`${kept()}.before`, kept())
    await restart()
    expect([world.room.active?.sequence, world.engine.revision, codes()]).toEqual([2, own, []])
    expect(await readFile(kept(), 'utf8')).toContain('"sequence":2')
  })
})

describe('without any policy that can be trusted', () => {
  it('the gateway starts and denies everything, and nothing can be activated', async () => {
    const own = await activate('own')
    await rm(policyKeyFile(world.dataDir))
    await restart()
    expect([world.room.active, codes()]).toEqual([null, ['policy_key_missing', 'policy_closed']])
    const order = { revision: own, by: ada, expectedActive: null, comment: 'in again', confirmDenied: undefined }
    await expect(activateRevision(world.room, order)).rejects.toMatchObject({ code: 'policy_closed' })
    await expect(world.submit('another')).rejects.toMatchObject({ code: 'policy_closed' })
  })

  it('nor does another key help', async () => {
    const other = await policyWorld()
    await copyFile(policyKeyFile(other.dataDir), policyKeyFile(world.dataDir))
    await other[Symbol.asyncDispose]()
    await restart()
    expect([world.room.active, codes()]).toEqual([null, ['policy_unsigned', 'policy_unsigned', 'policy_closed']])
  })
})

it('looks back until there is a good one, however far that is, and tells the newest that are not', async () => {
  const bad = Array.from({ length: mostTold + 10 }, (_, n) => n + 2)
  const { policies } = world.storage
  const first = await policies.newestActivation()
  if (first === undefined) throw new Error('there was a first one')
  for (const sequence of bad)
    await policies.insertActivation({ ...first, sequence, kind: 'activate', signature: 'none' }, sequence - 1, organisationId('north'), [])
  await rm(kept())
  await restart()
  expect(world.room.active).toMatchObject({ sequence: 1, revision: world.shipped.policy.revision })
  expect(codes().filter((code) => code === 'policy_unsigned').length).toBe(mostTold)
})
