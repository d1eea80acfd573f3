import { expect, it, vi } from 'vitest'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { DeviceId } from '../basics/ids.ts'

const press = 'press-1' as DeviceId

it('makes a link of an enrolled device and asks it over HTTP/2', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const device = await door.dial(credentials)
  const link = await vi.waitUntil(() => door.listener.links.get(press))
  expect(link).toMatchObject({ deviceId: press, remoteAddress: '127.0.0.1', certificateFingerprint: credentials.fingerprint })
  expect(await link.info()).toMatchObject({ device: 'press-1', services: [{ name: 'hmi' }] })
  expect(await link.snapshot()).toMatchObject({ live: [], last_event: 0 })
  expect(device.socket.getProtocol()).toBe('TLSv1.3')
  expect((await door.store.find(press))?.firstTunnelAt).toBeGreaterThan(0)
})
