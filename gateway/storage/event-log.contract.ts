import { describe, expect, it } from 'vitest'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import { sealed, technician } from '../ledger/event.ts'
import { deviceEvent, deviceId, organisationEvent, organisationId, personId, sessionId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `EventLog` passes this. */
export function eventLogContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const first = { limit: 200, after: null }

  describe('an event log', () => {
    it(
      'gives back events with their sealed values opened',
      withStorage(async ({ events }) => {
        const detail = { z: 1, a: sealed('Ä "name"'), list: [sealed('x'), true, null, { deep: sealed('x') }], text: '‮\u0001' }
        const event = deviceEvent('press-1', {
          type: 'approval.given',
          session: sessionId('s'),
          actor: technician(personId('Ada')),
          detail,
        })
        await events.append([event])
        expect((await events.list(wholeInstallation, {}, first)).items).toEqual([
          {
            log: event.log,
            seq: 0,
            time: expect.any(Number),
            type: 'approval.given',
            session: sessionId('s'),
            actor: event.actor,
            detail: { a: 'Ä "name"', list: ['x', true, null, { deep: 'x' }], text: '‮\u0001', z: 1 },
          },
        ])
      }),
    )

    it(
      'counts each log from 0 without gaps, whatever was refused in between',
      withStorage(async ({ events, devices }) => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 300 }, (_, n) =>
            n % 3 === 0
              ? devices.recordContact(deviceId('press-1'), { lastSeenAt: n }, [deviceEvent('press-1'), deviceEvent('nobody')])
              : events.append([deviceEvent('press-1', { detail: { n } }), deviceEvent('press-2'), organisationEvent('north')]),
          ),
        )
        expect(outcomes.filter((outcome) => outcome.status === 'rejected').length).toBe(100)
        for (const filter of [{ device: deviceId('press-1') }, { device: deviceId('press-2') }]) {
          const { items } = await events.list(wholeInstallation, filter, first)
          expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => 199 - n))
        }
      }),
    )

    it(
      'lists the newest first, in pages, and filters',
      withStorage(async ({ events }) => {
        for (let n = 0; n < 5; n++) await events.append([deviceEvent('press-1', { detail: { n } })])
        await events.append([deviceEvent('press-2', { session: sessionId('s') }), organisationEvent('south', 'policy.activated')])
        const page = await events.list(wholeInstallation, {}, { limit: 3, after: null })
        expect(page.items.map(({ type }) => type)).toEqual(['policy.activated', 'device.changed', 'device.changed'])
        const rest = await events.list(wholeInstallation, {}, { limit: 10, after: page.next })
        expect(rest.items.map(({ seq }) => seq)).toEqual([3, 2, 1, 0])
        const count = async (filter: Parameters<typeof events.list>[1]) =>
          (await events.list(wholeInstallation, filter, first)).items.length
        expect(await count({ device: deviceId('press-2') })).toBe(1)
        expect(await count({ organisation: organisationId('south') })).toBe(2)
        expect(await count({ session: sessionId('s') })).toBe(1)
        expect(await count({ type: 'policy.activated' })).toBe(1)
        expect((await events.list(scopeOf(organisationId('south')), {}, first)).items.length).toBe(2)
      }),
    )

    it.each([
      ['a float', { x: 0.5 }, 'event_invalid'],
      ['a name that no ledger takes', { fooBar: 1 }, 'event_invalid'],
      ['a deep name that no ledger takes', { a: [{ 'x-y': 1 }] }, 'event_invalid'],
      ['half a surrogate pair', { x: '\ud800' }, 'event_invalid'],
      ['half a surrogate pair under a seal', { x: sealed('\ud800') }, 'text_not_storable'],
      ['undefined', { x: undefined }, 'event_invalid'],
      ['a date', { x: new Date(0) }, 'event_invalid'],
      ['more than an entry holds', { x: 'x'.repeat(16_384) }, 'event_too_large'],
      ['more than an entry holds in bytes', { x: 'ä'.repeat(8_000) }, 'event_too_large'],
      ['a megabyte', { x: 'x'.repeat(1_000_000) }, 'event_too_large'],
    ])('refuses %s and changes nothing', (_, detail, code) =>
      withStorage(async ({ events, devices }) => {
        const event = deviceEvent('press-1', { detail: detail as never })
        await expect(events.append([event])).rejects.toMatchObject({ code })
        await expect(devices.recordContact(deviceId('press-1'), { lastSeenAt: 5 }, [event])).rejects.toMatchObject({ code })
        expect((await devices.find(wholeInstallation, deviceId('press-1')))?.lastSeenAt).toBeNull()
      })(),
    )

    it(
      'refuses a type that is not in the list, and a log of nothing',
      withStorage(async ({ events }) => {
        await expect(events.append([deviceEvent('press-1', { type: 'made.up' as never })])).rejects.toMatchObject({ code: 'event_invalid' })
        await expect(events.append([deviceEvent('nobody')])).rejects.toMatchObject({ code: 'unknown_device' })
        await expect(events.append([organisationEvent('nowhere')])).rejects.toMatchObject({ code: 'unknown_organisation' })
      }),
    )

    it(
      'keeps a sealed megabyte',
      withStorage(async ({ events }) => {
        await events.append([deviceEvent('press-1', { detail: { request: sealed('y'.repeat(1_000_000)) } })])
        const { items } = await events.list(wholeInstallation, {}, first)
        expect(items[0]?.detail['request']).toHaveLength(1_000_000)
      }),
    )
  })
}
