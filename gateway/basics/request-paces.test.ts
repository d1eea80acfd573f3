import { expect, it } from 'vitest'
import { FakeClock } from './fake-clock.ts'
import { burstSeconds, createRequestPaces, loopbackFactor } from './request-paces.ts'

const figures = { strangerRequestsPerSecond: 2, portalRequestsPerSecond: 3, machineRequestsPerSecond: 4 }
const paces = () => createRequestPaces(new FakeClock(), figures)
const until = (ask: () => boolean): number => {
  let granted = 0
  while (granted < 10_000 && ask()) granted += 1
  return granted
}

it('lets a stranger ask for ten seconds’ worth at once, and counts a household of IPv6 as one', () => {
  const { stranger } = paces()
  expect(until(() => stranger('2001:db8::1'))).toBe(2 * burstSeconds)
  expect(stranger('2001:db8::2')).toBe(false)
  expect(stranger('2001:db8:0:1::2')).toBe(true)
})

it.each(['127.0.0.1', '::ffff:127.0.0.1', '::1'])('gives loopback (%s) more, since a TLS front there stands for everybody', (address) => {
  const { stranger } = paces()
  expect(until(() => stranger(address))).toBe(2 * burstSeconds * loopbackFactor)
})

it('counts a person apart from his address, and at machines apart from the portal', () => {
  const { stranger, person, machines } = paces()
  until(() => stranger('192.0.2.1'))
  expect(until(() => person('per_1'))).toBe(3 * burstSeconds)
  expect(until(() => machines('per_1').take())).toBe(4 * burstSeconds)
  expect(machines('per_2').take()).toBe(true)
})
