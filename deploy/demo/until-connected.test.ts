import { expect, it } from 'vitest'
import { FakeClock } from '../../gateway/basics/fake-clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import type { DeviceLink, DeviceLinks } from '../../gateway/devices/device-link.ts'
import { untilConnected } from './until-connected.ts'

const ids = ['press-7', 'flow-1'] as DeviceId[]

function fakeLinks() {
  const links = new Map<DeviceId, DeviceLink>()
  const listeners = new Set<(link: DeviceLink) => void>()
  const port: Pick<DeviceLinks, 'get' | 'onConnected'> = {
    get: (id) => links.get(id),
    onConnected: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const connect = (deviceId: DeviceId): void => {
    const link = { deviceId } as DeviceLink
    links.set(deviceId, link)
    for (const listener of listeners) listener(link)
  }
  return { port, listeners, connect }
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)])
}

it('waits for every machine', async () => {
  const { port, connect, listeners } = fakeLinks()
  connect('press-7' as DeviceId)
  const waiting = untilConnected(port, ids, new FakeClock())
  expect(await isSettled(waiting)).toBe(false)
  connect('flow-1' as DeviceId)
  await waiting
  expect(listeners.size).toBe(0)
})

it('does not wait where all are there', () => {
  const { port, connect } = fakeLinks()
  for (const id of ids) connect(id)
  return untilConnected(port, ids, new FakeClock())
})

it('goes on without one that does not come', async () => {
  const { port, connect, listeners } = fakeLinks()
  const clock = new FakeClock()
  const waiting = untilConnected(port, ids, clock)
  connect('press-7' as DeviceId)
  clock.advance(4_999)
  expect(await isSettled(waiting)).toBe(false)
  clock.advance(1)
  await waiting
  expect(listeners.size).toBe(0)
})
