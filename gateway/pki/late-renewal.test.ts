import { createPublicKey } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKey, openEstDoor, requestFor } from '../../test/support/est-door.ts'
import type { EstDoor, MachineIdentity } from '../../test/support/est-door.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { systemRandom } from '../basics/random.ts'
import { administrator } from '../ledger/event.ts'
import { personId } from '../storage/testing/example-records.ts'
import { certificateRecord } from './certificate-record.ts'
import { issuingName } from './create-authority.ts'
import { deviceUri } from './device-identity.ts'
import { sha256Hex } from './fingerprint.ts'
import { clientAuth, issueCertificate } from './issue-certificate.ts'
import { newKeyPair } from './new-key-pair.ts'
import { createWaitingRenewals } from './waiting-renewals.ts'

let door: EstDoor
beforeAll(async () => {
  door = await openEstDoor()
})
afterAll(() => door[Symbol.asyncDispose]())
beforeEach(() => {
  door.periodDays = 180
})

let machines = 0
const away = (endedDaysAgo: number): Promise<MachineIdentity> => door.enrolled(`press-${(machines += 1)}`, endedDaysAgo)
const spki = (key: KeyObject | X509Certificate): Buffer =>
  createPublicKey('publicKey' in key ? key.toString() : key).export({ type: 'spki', format: 'der' })
const keyName = (key: KeyObject): string => sha256Hex(spki(key))
const olga = administrator(personId('Olga'))
const confirm = ({ deviceId, key }: MachineIdentity, forKey = key) =>
  door.administration.decide(deviceId, keyName(forKey), 'confirmed', olga)
const admission = ({ deviceId }: MachineIdentity, certificate: X509Certificate) =>
  door.storage.admission.findByCertificate(deviceId, certificateRecord(deviceId, certificate).fingerprint)

describe('a machine whose certificate ended while it was away', () => {
  it('proves that it has the key, and gets another one: an event says that it came late', async () => {
    const press = await away(100)
    const answer = await door.renew(press)
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.certificate?.subjectAltName).toBe(`URI:spiffe://gateway.test/device/${press.deviceId}`)
    expect(answer.certificate?.validToDate.getTime()).toBeGreaterThan(door.clock.nowMs())
    expect(await door.eventTypes(press.deviceId)).toContain('certificate.renewed_late')
    const view = (await door.administration.views([press.deviceId])).get(press.deviceId)
    expect(view).toMatchObject({
      waiting: null,
      decided: { standing: 'renewed', byPerson: false, endedAt: press.certificate.validToDate.getTime() },
    })
  })

  it('may take a new key with it, which it has to have as well', async () => {
    const press = await away(1)
    const next = newKey()
    const forged = requestFor(next)
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    expect(await door.renew(press, next, forged)).toMatchObject({ status: 400, text: expect.stringContaining('prove possession') })
    const answer = await door.renew(press, next)
    expect(answer.status).toBe(200)
    expect(spki(answer.certificate as X509Certificate).equals(spki(next))).toBe(true)
  })

  it('gets the same one again while the answer may have been lost, and no third', async () => {
    const press = await away(10)
    const first = await door.renew(press)
    const again = await door.renew(press)
    expect(again.certificate?.fingerprint256).toBe(first.certificate?.fingerprint256)
    expect((await door.eventTypes(press.deviceId)).filter((type) => type === 'certificate.renewed_late')).toHaveLength(1)
    // Whoever has a copy of the key cannot take another one beside it.
    expect(await door.renew(press, newKey())).toMatchObject({ status: 202 })
  })

  it('comes back a second time, years later', async () => {
    const press = await away(1)
    expect((await door.renew(press)).status).toBe(200)
    const later = await door.issued(press, 3)
    const { fingerprint } = certificateRecord(press.deviceId, later.certificate)
    await door.storage.enrolments.confirmFirstTunnel(press.deviceId, fingerprint, door.clock.nowMs())
    expect((await door.renew(later)).status).toBe(200)
  })

  it('is let in by an authority of before, which has ended too', async () => {
    const press = await away(500)
    const certificate = await door.byFormer(press.deviceId, press.key, 190, 110)
    await door.storage.enrolments.addCertificate(certificateRecord(press.deviceId, certificate))
    expect((await door.renew({ ...press, certificate })).status).toBe(200)
  })
})

describe('past the period', () => {
  it.each([
    ['a day past it', 180, 181],
    ['where the gateway always wants a person', 0, 0.01],
  ])('it waits for an administrator, who sees who asks: %s', async (_what, period, endedDaysAgo) => {
    door.periodDays = period
    const press = await away(endedDaysAgo)
    const answer = await door.renew(press)
    expect(answer).toMatchObject({ status: 202, retryAfter: '10', text: expect.stringContaining('confirm it in the portal') })
    expect(await door.renew(press)).toMatchObject({ status: 202 })
    const { waiting } = (await door.administration.views([press.deviceId])).get(press.deviceId) ?? {}
    expect(waiting).toMatchObject({
      publicKeyFingerprint: keyName(press.key),
      endedAt: press.certificate.validToDate.getTime(),
      remoteAddress: '127.0.0.1',
      code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
    })
    expect((await door.eventTypes(press.deviceId)).filter((type) => type === 'renewal.waiting')).toHaveLength(1)
    await confirm(press)
    expect((await door.administration.views([press.deviceId])).get(press.deviceId)).toMatchObject({
      waiting: null,
      decided: { standing: 'confirmed' },
    })
    expect(await door.renew(press)).toMatchObject({ status: 200 })
    expect(await door.eventTypes(press.deviceId)).toEqual(expect.arrayContaining(['renewal.confirmed', 'certificate.renewed_late']))
    expect((await door.administration.views([press.deviceId])).get(press.deviceId)).toMatchObject({
      decided: { standing: 'renewed', byPerson: true },
    })
  })

  it('to the minute', async () => {
    const [inTime, late] = [await away(180 - 1 / 1_440), await away(180 + 1 / 1_440)]
    expect([(await door.renew(inTime)).status, (await door.renew(late)).status]).toEqual([200, 202])
  })

  it('a confirmation of one key is none of another, and serves once', async () => {
    const press = await away(400)
    await door.renew(press)
    await confirm(press)
    const other = newKey()
    expect((await door.renew(press, other)).status).toBe(202)
    // The key that was confirmed still is.
    const answer = await door.renew(press)
    expect(answer.status).toBe(200)
    // Again: the same, nothing new. With another key: a person is asked once more.
    expect((await door.renew(press)).certificate?.fingerprint256).toBe(answer.certificate?.fingerprint256)
    expect((await door.renew(press, other)).status).toBe(202)
    const fresh = answer.certificate as X509Certificate
    await door.storage.enrolments.confirmFirstTunnel(press.deviceId, certificateRecord(press.deviceId, fresh).fingerprint, 1)
    expect(await door.renew(press)).toMatchObject({ status: 403, text: expect.stringContaining('replaced') })
  })

  it('a confirmation that nobody took is over after a day', async () => {
    const press = await away(400)
    await door.renew(press)
    await door.daysAgo(1.01, () => confirm(press))
    expect((await door.renew(press)).status).toBe(202)
  })

  it('is refused by an administrator, and can be confirmed after all', async () => {
    const press = await away(400)
    await door.renew(press)
    await door.administration.decide(press.deviceId, keyName(press.key), 'refused', olga)
    expect(await door.renew(press)).toMatchObject({ status: 403, text: expect.stringContaining('refused') })
    expect(await door.eventTypes(press.deviceId)).toContain('renewal.refused')
    // A longer period does not write over what a person said.
    door.periodDays = 3_000
    expect((await door.renew(press)).status).toBe(403)
    await confirm(press)
    expect((await door.renew(press)).status).toBe(200)
  })

  it('one waits for each device, and a second key is refused and alarms', async () => {
    const press = await away(400)
    await door.renew(press)
    door.alarms.length = 0
    expect(await door.renew(press, newKey())).toMatchObject({ status: 409 })
    expect(door.alarms).toEqual([{ kind: 'other_key_late', deviceId: press.deviceId, remoteAddress: '127.0.0.1' }])
    expect(door.waiting.find(press.deviceId)?.publicKeyFingerprint).toBe(keyName(press.key))
    await expect(confirm(press, newKey())).rejects.toMatchObject({ code: 'no_such_renewal' })
    // Who was first has gone away: the place is free.
    door.clock.advance(11 * 60_000)
    expect((await door.renew(press, newKey())).status).toBe(202)
  })
})

describe('somebody with a copy of the key of a machine, who asked first with a key of his own,', () => {
  const refuse = ({ deviceId }: MachineIdentity, key: KeyObject) => door.administration.decide(deviceId, keyName(key), 'refused', olga)

  it('is refused, and the machine takes the place', async () => {
    const [press, his] = [await away(400), newKey()]
    expect((await door.renew(press, his)).status).toBe(202)
    await refuse(press, his)
    // At once: he need not have asked again, and asking does not help him.
    expect((await door.renew(press)).status).toBe(202)
    door.alarms.length = 0
    expect(await door.renew(press, his)).toMatchObject({ status: 403, text: expect.stringContaining('refused') })
    expect(door.alarms).toEqual([])
    expect(door.waiting.find(press.deviceId)?.publicKeyFingerprint).toBe(keyName(press.key))
    await confirm(press)
    expect((await door.renew(press, his)).status).toBe(202)
    expect((await door.renew(press)).status).toBe(200)
  })

  it('gives way to the machine, which asks with the key of its certificate, however often he takes a new one', async () => {
    const press = await away(400)
    expect((await door.renew(press, newKey(), undefined, '127.0.0.2')).status).toBe(202)
    door.alarms.length = 0
    expect((await door.renew(press)).status).toBe(202)
    expect(door.alarms).toEqual([{ kind: 'other_key_late', deviceId: press.deviceId, remoteAddress: '127.0.0.2' }])
    expect(door.waiting.find(press.deviceId)?.publicKeyFingerprint).toBe(keyName(press.key))
    expect((await door.eventTypes(press.deviceId)).filter((type) => type === 'renewal.waiting')).toHaveLength(2)
    for (let tries = 0; tries < 3; tries += 1) expect((await door.renew(press, newKey())).status).toBe(409)
    await confirm(press)
    expect((await door.renew(press)).status).toBe(200)
  })

  it('and was refused with the key of the machine itself, keeps no other out', async () => {
    const [press, fresh] = [await away(400), newKey()]
    await door.renew(press)
    await refuse(press, press.key)
    // As a machine of another maker that makes a new key each time.
    expect((await door.renew(press, fresh)).status).toBe(202)
    expect((await door.renew(press)).status).toBe(403)
    expect(door.waiting.find(press.deviceId)?.publicKeyFingerprint).toBe(keyName(fresh))
  })

  it('stays refused when the gateway has forgotten who waits', async () => {
    const [press, his] = [await away(400), newKey()]
    await door.renew(press, his)
    await refuse(press, his)
    door.waiting.drop(press.deviceId)
    expect((await door.renew(press, his)).status).toBe(403)
    expect((await door.renew(press)).status).toBe(202)
    // A period that is longer now lets nobody in by himself about whose certificate a person said no.
    door.periodDays = 3_000
    expect((await door.renew(press)).status).toBe(202)
  })
})

describe('nobody comes back', () => {
  it.each([
    ['suspended', /suspended/],
    ['revoked', /revoked/],
  ] as const)('whose device was %s, however long ago its certificate ended', async (status, reason) => {
    for (const days of [1, 400]) {
      const press = await away(days)
      const device = await door.storage.devices.find({ kind: 'installation' }, press.deviceId)
      if (device === undefined) throw new Error('it was enrolled')
      await door.storage.devices.update({ kind: 'installation' }, { ...device, status, version: device.version + 1 }, [])
      expect(await door.renew(press)).toMatchObject({ status: 403, text: expect.stringMatching(reason) })
      expect(door.waiting.find(press.deviceId)).toBeUndefined()
    }
  })

  it('whose confirmation came before the device was suspended', async () => {
    const press = await away(400)
    await door.renew(press)
    await confirm(press)
    const device = await door.storage.devices.find({ kind: 'installation' }, press.deviceId)
    if (device === undefined) throw new Error('it was enrolled')
    await door.storage.devices.update({ kind: 'installation' }, { ...device, status: 'suspended', version: device.version + 1 }, [])
    expect((await door.renew(press)).status).toBe(403)
  })

  it('with a certificate that a newer one has taken the place of: a stolen old key, or a machine that was put back from a backup', async () => {
    const press = await away(30)
    const { certificate } = await door.issued(press, -60)
    expect(await door.renew(press)).toMatchObject({ status: 200 })
    const { fingerprint } = certificateRecord(press.deviceId, certificate)
    await door.storage.enrolments.confirmFirstTunnel(press.deviceId, fingerprint, 1)
    expect(await door.renew(press)).toMatchObject({ status: 403, text: expect.stringContaining('backup') })
  })

  it('by itself with a certificate beside which there is a newer one of another key', async () => {
    const press = await away(30)
    await door.issued(press, 10, newKey())
    expect((await door.renew(press)).status).toBe(202)
  })

  it('by itself when an administrator has given a new one-time password meanwhile', async () => {
    const press = await away(30)
    await door.storage.enrolments.open(press.deviceId, 'b'.repeat(64), [])
    expect((await door.renew(press)).status).toBe(202)
  })

  it("for another machine's key", async () => {
    const [press, other] = [await away(10), await away(10)]
    expect(await door.renew(press, other.key)).toMatchObject({ status: 409, text: expect.stringContaining('Another device has the key') })
    expect(await admission(press, press.certificate)).toMatchObject({ certificate: 'current' })
  })

  it('as another machine: who shows its certificate without its key does not get through the handshake', async () => {
    const [press, other] = [await away(10), await away(10)]
    await expect(door.renew({ key: press.key, certificate: other.certificate })).rejects.toThrow(/key values mismatch/)
  })

  it('with a certificate of ours that is not in our records', async () => {
    const press = await away(10)
    const unknown = await door.daysAgo(100, () =>
      door.authority.issueDeviceCertificate(
        press.deviceId,
        { publicKey: spki(press.key), publicKeyFingerprint: keyName(press.key) } as never,
        90 * 86_400_000,
      ),
    )
    expect(await door.renew({ ...press, certificate: unknown })).toMatchObject({
      status: 403,
      text: expect.stringContaining('not known here'),
    })
  })

  it('with a certificate that an authority of ours signed outside of its own time, even if our records had it', async () => {
    const press = await away(500)
    const certificate = await door.byFormer(press.deviceId, press.key, 150, 50)
    await door.storage.enrolments.addCertificate(certificateRecord(press.deviceId, certificate))
    expect(await door.renew({ ...press, certificate })).toMatchObject({ status: 403, text: expect.stringContaining('expired') })
  })

  it("with a certificate that anybody signed in our name: that it has ended hides from OpenSSL's verdict that its chain leads nowhere", async () => {
    const press = await away(10)
    const { privateKeyPem, publicKey } = await newKeyPair()
    const forged = await issueCertificate({
      commonName: press.deviceId,
      publicKey: spki(press.key),
      notBeforeMs: press.certificate.validFromDate.getTime(),
      notAfterMs: press.certificate.validToDate.getTime(),
      use: {
        kind: 'leaf',
        purpose: clientAuth,
        names: [{ type: 'url', value: deviceUri(door.authority.trustDomain, press.deviceId) }],
      },
      issuer: { commonName: issuingName(door.authority.trustDomain), privateKeyPem, publicKey },
      random: systemRandom,
    })
    // Even if our records had it.
    await door.storage.enrolments.addCertificate(certificateRecord(press.deviceId, forged))
    expect(await door.renew({ ...press, certificate: forged })).toMatchObject({ status: 403 })
  })
})

it('answers a machine ninety times in ten minutes at one address, and goes on with the others', async () => {
  const [press, other] = [await away(400), await away(1)]
  for (let asked = 0; asked < 90; asked += 10)
    expect(new Set((await Promise.all(Array.from({ length: 10 }, () => door.renew(press)))).map(({ status }) => status))).toEqual(
      new Set([202]),
    )
  expect(await door.renew(press)).toMatchObject({ status: 429 })
  // Somebody with a copy of the key uses up the asks of his own address alone.
  expect(await door.renew(press, press.key, undefined, '127.0.0.2')).toMatchObject({ status: 202 })
  expect((await door.renew(other)).status).toBe(200)
  door.clock.advance(10 * 60_000)
  expect((await door.renew(press)).status).toBe(202)
})

describe('those that wait', () => {
  const ask = (deviceId: string) => ({
    deviceId: deviceId as DeviceId,
    certificate: 'c'.repeat(64),
    publicKeyFingerprint: 'd'.repeat(64),
    isOwnKey: true,
    endedAt: 1,
    remoteAddress: '192.0.2.1',
  })

  it('are bounded: who has been silent for longest makes room', () => {
    const waiting = createWaitingRenewals(new FakeClock(), { most: 3 })
    for (const name of ['a', 'b', 'c', 'a', 'd']) waiting.put(ask(name))
    expect(['a', 'b', 'c', 'd'].map((name) => waiting.find(name as DeviceId) !== undefined)).toEqual([true, false, true, true])
  })

  it('ask less often the more they are, and are forgotten when they do not ask', () => {
    const clock = new FakeClock()
    const waiting = createWaitingRenewals(clock)
    expect(waiting.retryS).toBe(10)
    for (let name = 0; name < 10_001; name += 1) waiting.put(ask(`m-${name}`))
    expect(waiting.retryS).toBe(300)
    expect(waiting.find('m-0' as DeviceId)).toBeUndefined()
    clock.advance(10 * 60_000)
    expect(waiting.find('m-1' as DeviceId)).toMatchObject({ code: expect.any(String) })
    clock.advance(1)
    expect(waiting.find('m-1' as DeviceId)).toBeUndefined()
  })
})
