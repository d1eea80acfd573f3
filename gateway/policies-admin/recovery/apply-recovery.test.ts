import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { KeyObject } from 'node:crypto'
import type { PersonId } from '../../basics/ids.ts'
import { policyKeyFile } from '../activation/policy-signer.ts'
import { ada, ben, cleo, policyWorld, type PolicyWorld } from '../testing/policy-world.ts'
import { revisionOf } from '../policy-files.ts'
import { applyRecovery, hasGoodPolicy, nextSequence, type RecoveryPorts } from './apply-recovery.ts'
import { makeRecoveryKey, openRecoveryKey, readPublicKey } from './recovery-key.ts'
import { registerRecoveryKey } from './recovery-keys.ts'
import { readRecoveryRequest, signRecoveryRequest, type RecoveryRequest } from './recovery-request.ts'

const passphrase = 'a long enough sentence'
let world: PolicyWorld
let keys: ReadonlyMap<PersonId, KeyObject>
/** Who administers at the moment of the recovery. */
let administrators: readonly PersonId[]

beforeEach(async () => {
  world = await policyWorld()
  administrators = [ada, ben, cleo]
  const made = new Map<PersonId, KeyObject>()
  for (const person of [ada, ben]) {
    const pair = makeRecoveryKey(passphrase)
    await registerRecoveryKey(world.room, world.storage.recoveryKeys, { person, publicKeyPem: pair.publicKeyPem })
    made.set(person, openRecoveryKey(pair.privateKeyPem, passphrase))
  }
  keys = made
})
afterEach(() => world[Symbol.asyncDispose]())

const ports = (): RecoveryPorts => ({
  store: world.storage.policies,
  recoveryKeys: world.storage.recoveryKeys,
  administratorsAmong: async (ids) => ids.filter((id) => administrators.includes(id)),
  dataDir: world.dataDir,
  organisation: world.room.ports.organisation,
  clock: world.clock,
})
const compiled = () => {
  const sources = { ...world.shipped.sources, 'rules/recovered.rego': 'package sallyport.recovered\n\nagain := true\n' }
  return { sources, policy: { ...world.shipped.policy, revision: revisionOf(sources) } }
}
const request = async (change: Partial<RecoveryRequest> = {}): Promise<RecoveryRequest> => ({
  what: 'sallyport policy recovery v1',
  organisation: world.room.ports.organisation,
  revision: compiled().policy.revision,
  sequence: await nextSequence(ports()),
  reason: 'the key was lost with the disk',
  nonce: '0'.repeat(32),
  made_at: world.clock.nowMs(),
  signatures: [],
  ...change,
})
const signedBy = (asked: RecoveryRequest, ...people: PersonId[]): RecoveryRequest =>
  people.reduce((signed, person) => signRecoveryRequest(signed, keys.get(person) as KeyObject), asked)
const loseEverything = async (): Promise<void> => {
  await rm(policyKeyFile(world.dataDir))
  await world.start()
  expect(world.room.active).toBeNull()
}

it('lets two administrators make a policy the one that decides when none is left', async () => {
  await loseEverything()
  const applied = await applyRecovery(ports(), signedBy(await request(), ada, ben), compiled())
  expect(applied).toMatchObject({ sequence: 2, kind: 'recover', by: ada, approvedBy: ben })
  expect((await world.eventTypes()).at(-1)).toBe('policy.activated')
  await world.start()
  expect([world.room.active?.sequence, world.engine.revision, world.room.alarms]).toEqual([2, compiled().policy.revision, []])
  // Whoever works on goes the usual way from here.
  expect(await world.submit('from here')).toMatch(/^sha256:/)
})

it('is refused while there is a policy that can be trusted: nobody goes around the team with it', async () => {
  expect(await hasGoodPolicy(ports())).toBe(true)
  await expect(applyRecovery(ports(), signedBy(await request(), ada, ben), compiled())).rejects.toMatchObject({
    code: 'recovery_not_needed',
  })
})

it.each<[string, (asked: RecoveryRequest) => RecoveryRequest, string]>([
  ['nobody', (asked) => asked, 'recovery_signatures_missing'],
  ['one administrator', (asked) => signedBy(asked, ada), 'recovery_signatures_missing'],
  ['one administrator twice', (asked) => signedBy(asked, ada, ada), 'recovery_signatures_missing'],
  [
    'one administrator under two names',
    (asked) => {
      const { signatures } = signedBy(asked, ada)
      return { ...asked, signatures: [...signatures, ...signatures] }
    },
    'recovery_signatures_missing',
  ],
  ['two for another reason', (asked) => ({ ...signedBy(asked, ada, ben), reason: 'another one' }), 'recovery_signatures_missing'],
  ['two for another moment', (asked) => ({ ...signedBy(asked, ada, ben), made_at: asked.made_at - 1 }), 'recovery_signatures_missing'],
  ['two for another number', (asked) => signedBy({ ...asked, sequence: 1 }, ada, ben), 'recovery_request_other'],
  ['two for another policy', (asked) => signedBy({ ...asked, revision: `sha256:${'1'.repeat(64)}` }, ada, ben), 'recovery_request_other'],
  ['two for another installation', (asked) => signedBy({ ...asked, organisation: 'org_other' }, ada, ben), 'recovery_request_other'],
  ['two, more than a day ago', (asked) => signedBy({ ...asked, made_at: asked.made_at - 86_400_001 }, ada, ben), 'recovery_request_old'],
])('is refused when it is signed by %s, and nothing changes', async (_whom, change, code) => {
  await loseEverything()
  await expect(applyRecovery(ports(), change(await request()), compiled())).rejects.toMatchObject({ code })
  await world.start()
  expect([world.room.active, await nextSequence(ports())]).toEqual([null, 2])
})

it('counts only keys that are registered, of administrators who are active now', async () => {
  await loseEverything()
  const stranger = openRecoveryKey(makeRecoveryKey(passphrase).privateKeyPem, passphrase)
  const withStranger = signRecoveryRequest(signedBy(await request(), ada), stranger)
  await expect(applyRecovery(ports(), withStranger, compiled())).rejects.toMatchObject({ code: 'recovery_signatures_missing' })
  administrators = [ada]
  await expect(applyRecovery(ports(), signedBy(await request(), ada, ben), compiled())).rejects.toMatchObject({
    code: 'recovery_signatures_missing',
  })
})

it('a request is good once', async () => {
  await loseEverything()
  const asked = signedBy(await request(), ada, ben)
  await applyRecovery(ports(), asked, compiled())
  await rm(policyKeyFile(world.dataDir))
  await expect(applyRecovery(ports(), asked, compiled())).rejects.toMatchObject({ code: 'recovery_request_other' })
})

it('a recovery key is under a passphrase, of one person, and its registration is recorded', async () => {
  expect(() => makeRecoveryKey('short')).toThrow(expect.objectContaining({ code: 'passphrase_too_short' }))
  const pair = makeRecoveryKey(passphrase)
  expect(pair.privateKeyPem).toContain('BEGIN ENCRYPTED PRIVATE KEY')
  expect(() => openRecoveryKey(pair.privateKeyPem, 'another passphrase')).toThrow(expect.objectContaining({ code: 'recovery_key_locked' }))
  expect(() => readPublicKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')).toThrow(
    expect.objectContaining({ code: 'recovery_key_invalid' }),
  )
  const { recoveryKeys } = world.storage
  await registerRecoveryKey(world.room, recoveryKeys, { person: ada, publicKeyPem: pair.publicKeyPem })
  expect((await world.eventTypes()).at(-1)).toBe('recovery_key.registered')
  expect((await recoveryKeys.list()).filter(({ personId }) => personId === ada)).toMatchObject([
    { fingerprint: readPublicKey(pair.publicKeyPem).fingerprint },
  ])
  await expect(registerRecoveryKey(world.room, recoveryKeys, { person: cleo, publicKeyPem: pair.publicKeyPem })).rejects.toMatchObject({
    code: 'recovery_key_exists',
  })
})

it('a request that is none is refused with what is wrong in it', () => {
  for (const text of ['', '{}', '[]', '{"what": "sallyport policy recovery v1"}'])
    expect(() => readRecoveryRequest(text)).toThrow(expect.objectContaining({ code: 'recovery_request_invalid' }))
})
