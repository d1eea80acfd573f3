import { describe, expect, it } from 'vitest'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import { deviceEvent, deviceId, exampleDevice, organisationId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `DeviceStore` passes this. */
export function deviceStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const first = { limit: 10, after: null }

  describe('a device store', () => {
    it(
      'gives back a device as it was put in',
      withStorage(async ({ devices }) => {
        const device = exampleDevice('x.y-1', { name: '‮Ä"\'%_\\ 😀', agentVersion: '1.2', boot: 'b', lastEvent: 7, lastSeenAt: 9 })
        await devices.insert(device, [])
        expect(await devices.find(wholeInstallation, device.id)).toEqual(device)
        expect(await devices.find(wholeInstallation, deviceId('nobody'))).toBeUndefined()
      }),
    )

    it(
      'gives back several at once: those that exist, within the scope',
      withStorage(async ({ devices }) => {
        await devices.insert(exampleDevice('press-8'), [])
        const ids = ['press-1', 'nobody', 'press-8'].map(deviceId)
        const found = await devices.findMany(wholeInstallation, ids)
        expect(found.map(({ id }) => id).toSorted()).toEqual(['press-1', 'press-8'])
        expect(found.find(({ id }) => id === 'press-8')).toEqual(exampleDevice('press-8'))
        expect(await devices.findMany(scopeOf(organisationId('south')), ids)).toEqual([])
        expect(await devices.findMany(wholeInstallation, [])).toEqual([])
      }),
    )

    it(
      'keeps whether remote service as a whole is allowed',
      withStorage(async ({ devices }) => {
        await devices.insert(exampleDevice('press-9', { remoteAllowed: false }), [])
        const allowed = async () => (await devices.find(wholeInstallation, deviceId('press-9')))?.remoteAllowed
        expect(await allowed()).toBe(false)
        for (const [index, remoteAllowed] of [true, false].entries()) {
          await devices.update(wholeInstallation, exampleDevice('press-9', { remoteAllowed, version: index + 2 }), [])
          expect(await allowed()).toBe(remoteAllowed)
        }
      }),
    )

    it(
      'refuses a second device of the same id, with its events',
      withStorage(async ({ devices, events }) => {
        const refused = devices.insert(exampleDevice('press-1', { name: 'other' }), [deviceEvent('press-1')])
        await expect(refused).rejects.toMatchObject({ code: 'device_exists', remedy: 'conflict' })
        expect((await devices.find(wholeInstallation, deviceId('press-1')))?.name).toBe('Press press-1')
        expect((await events.list(wholeInstallation, { device: deviceId('press-1') }, first)).items).toEqual([])
      }),
    )

    it(
      'refuses a device of an organisation that does not exist',
      withStorage(async ({ devices }) => {
        const stray = exampleDevice('x', { organisationId: organisationId('nowhere') })
        await expect(devices.insert(stray, [])).rejects.toMatchObject({ code: 'unknown_organisation' })
      }),
    )

    it(
      'lets one of two changes of the same version win',
      withStorage(async ({ devices, events }) => {
        const changes = ['a', 'b', 'c'].map((site) =>
          devices.update(wholeInstallation, exampleDevice('press-1', { site, version: 2 }), [deviceEvent('press-1')]),
        )
        const outcomes = await Promise.allSettled(changes)
        expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'stale_version', remedy: 'conflict' })
        expect(await devices.find(wholeInstallation, deviceId('press-1'))).toMatchObject({ version: 2, site: 'a' })
        expect((await events.list(wholeInstallation, { device: deviceId('press-1') }, first)).items.map((event) => event.seq)).toEqual([0])
      }),
    )

    it(
      'records contact without a version, and only what it was given',
      withStorage(async ({ devices }) => {
        const id = deviceId('press-1')
        await devices.recordContact(id, { lastSeenAt: 5, boot: 'x', agentVersion: '2', lastEvent: 3, services: [] }, [])
        await devices.recordContact(id, { lastSeenAt: 6 }, [deviceEvent('press-1', { type: 'tunnel.connected' })])
        await devices.recordContact(id, {}, [])
        await devices.recordContact(id, { remoteOffAt: 7 }, [])
        expect((await devices.find(wholeInstallation, id))?.remoteOffAt).toBe(7)
        await devices.recordContact(id, { remoteOffAt: null }, [])
        expect(await devices.find(wholeInstallation, id)).toEqual(
          exampleDevice('press-1', { lastSeenAt: 6, boot: 'x', agentVersion: '2', lastEvent: 3, services: [] }),
        )
        await expect(devices.recordContact(deviceId('nobody'), { lastSeenAt: 1 }, [])).rejects.toMatchObject({ code: 'unknown_device' })
      }),
    )

    it(
      'never resumes a revoked device',
      withStorage(async ({ devices }) => {
        await devices.update(wholeInstallation, exampleDevice('press-1', { status: 'revoked', version: 2 }), [])
        await expect(
          devices.update(wholeInstallation, exampleDevice('press-1', { status: 'active', version: 3 }), []),
        ).rejects.toMatchObject({ code: 'constraint_violated' })
      }),
    )

    it(
      'lists by name, page after page, each device once',
      withStorage(async ({ devices }) => {
        for (let n = 0; n < 25; n++)
          await devices.insert(exampleDevice(`d${n}`, { name: n % 3 === 0 ? 'same' : `Name ${String(n).padStart(2, '0')}` }), [])
        const seen = []
        let after: string | null = null
        do {
          const page: Awaited<ReturnType<typeof devices.list>> = await devices.list(wholeInstallation, {}, { limit: 7, after })
          seen.push(...page.items)
          after = page.next
        } while (after !== null)
        expect(new Set(seen.map(({ id }) => id)).size).toBe(27)
        expect(seen.length).toBe(27)
        const names = seen.map(({ name }) => name.toLowerCase())
        expect(names).toEqual(names.toSorted())
      }),
    )

    it(
      'goes on behind any device',
      withStorage(async ({ devices }) => {
        for (const name of ['ÄPFEL', 'apfel', 'Same', 'same']) await devices.insert(exampleDevice(`x-${hexOf(name)}`, { name }), [])
        const all = (await devices.list(wholeInstallation, {}, first)).items
        for (const [index, device] of all.entries()) {
          const rest = await devices.list(wholeInstallation, {}, { limit: 10, after: devices.cursorAfter(device) })
          expect(rest.items).toEqual(all.slice(index + 1))
        }
      }),
    )

    it(
      'filters, and searches letter for letter in any case',
      withStorage(async ({ devices }) => {
        await devices.insert(
          exampleDevice('odd', { name: 'ÄRGER 100%_a\\b', region: 'south', productLine: 'ctp', model: 'Z', site: 'Ulm' }),
          [],
        )
        const found = async (filter: Parameters<typeof devices.list>[1]) =>
          (await devices.list(wholeInstallation, filter, first)).items.map(({ id }) => id)
        for (const search of ['ärger', '100%', '%_A', 'A\\B', 'ODD', 'ulm', 'A\u0308rger']) expect(await found({ search })).toEqual(['odd'])
        for (const search of ['100_', '%%', 'zurich', 'odd\nz', "' OR 1=1 --"]) expect(await found({ search })).toEqual([])
        expect(await found({ region: 'south' })).toEqual(['odd'])
        expect(await found({ productLine: 'ctp', status: 'active' })).toEqual(['odd'])
        expect(await found({ status: 'suspended' })).toEqual([])
        expect(await found({ organisation: organisationId('south') })).toEqual(['press-2'])
        expect((await found({ search: '' })).length).toBe(3)
      }),
    )

    it(
      'refuses a search, a cursor and a limit that make no sense',
      withStorage(async ({ devices }) => {
        const list = (filter: Parameters<typeof devices.list>[1], page: Parameters<typeof devices.list>[2]) =>
          devices.list(wholeInstallation, filter, page)
        await expect(list({ search: 'x'.repeat(1_000_000) }, first)).rejects.toMatchObject({ code: 'search_too_long' })
        await expect(list({ search: 'a\0' }, first)).rejects.toMatchObject({ code: 'text_not_storable' })
        await expect(list({ search: '\ud800' }, first)).rejects.toMatchObject({ code: 'text_not_storable' })
        for (const after of ['', 'x', '%', 'W10', 'eyJhIjoxfQ', 'WzEsMl0', 'x'.repeat(10_000)]) {
          await expect(list({}, { limit: 1, after })).rejects.toMatchObject({ code: 'invalid_cursor' })
        }
        for (const limit of [0, -1, 201, 1.5, NaN])
          await expect(list({}, { limit, after: null })).rejects.toMatchObject({ code: 'invalid_limit' })
      }),
    )

    it(
      'lets no organisation move a device to another one',
      withStorage(async ({ devices }) => {
        const moved = exampleDevice('press-1', { organisationId: organisationId('south'), version: 2 })
        await expect(devices.update(scopeOf(organisationId('north')), moved, [])).rejects.toMatchObject({ code: 'outside_scope' })
      }),
    )
  })
}

const hexOf = (text: string): string => Buffer.from(text).toString('hex')
