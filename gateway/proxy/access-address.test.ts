import { expect, test } from 'vitest'
import { createAccessAddress } from './access-address.ts'
import { accessLabel } from './access-label.ts'
import type { ServiceName } from '../basics/ids.ts'
import { systemRandom } from '../basics/random.ts'

const label = 'abcdefghijklmnopqrstuvwxyz'
const demo = createAccessAddress({ accessDomain: 'machines.localhost', portalOrigin: 'http://sallyport.localhost:8443', publicPort: 8443 })
const live = createAccessAddress({ accessDomain: 'machines.example.net', portalOrigin: 'https://portal.example.org', publicPort: 443 })

test('hosts are written and read in one way', () => {
  expect(demo.parseHost(`hmi-${label}.machines.localhost:8443`)).toEqual({ service: 'hmi', label })
  expect(live.parseHost(`web-ui-2-${label}.machines.example.net`)).toEqual({ service: 'web-ui-2', label })
  expect(live.originOf(live.parseHost(`hmi-${label}.machines.example.net`)!)).toBe(`https://hmi-${label}.machines.example.net`)
  expect(demo.parseHost(`hmi-${accessLabel(systemRandom)}.machines.localhost:8443`)).toBeDefined()
})

test('the bar of a service has a host of its own, which no service can have, whatever its name', () => {
  expect(demo.barOriginOf(label)).toBe(`http://bar-${label}.machines.localhost:8443`)
  expect(demo.parseBarHost(`bar-${label}.machines.localhost:8443`)).toBe(label)
  expect(demo.parseHost(`bar-${label}.machines.localhost:8443`)).toBeUndefined()
  for (const name of ['hmi', 'bar', 'bar-', 'bar--', 'bar-2', 'bars', 'a-bar', `bar${'-'.repeat(29)}`]) {
    const host = demo.hostOf({ service: name as ServiceName, label })
    expect([name, demo.parseHost(host), demo.parseBarHost(host)]).toEqual([name, { service: name, label }, undefined])
    expect(host.split('.')[0]!.length).toBeLessThanOrEqual(63)
  }
  for (const host of [`bar-${label}.machines.localhost`, `Bar-${label}.machines.localhost:8443`, `a.bar-${label}.machines.localhost:8443`])
    expect(demo.parseBarHost(host)).toBeUndefined()
})

test.each([
  undefined,
  '',
  'machines.localhost:8443',
  `${label}.machines.localhost:8443`,
  `-${label}.machines.localhost:8443`,
  `hmi-${label}.machines.localhost`,
  `hmi-${label}.machines.localhost:8444`,
  `hmi-${label}.machines.localhost:08443`,
  `hmi-${label}.machines.localhost.:8443`,
  `HMI-${label}.machines.localhost:8443`,
  `hmi-${label.toUpperCase()}.machines.localhost:8443`,
  `a.hmi-${label}.machines.localhost:8443`,
  `hmi-${label}x.machines.localhost:8443`,
  `hmi-${label}@machines.localhost:8443`,
  `user@hmi-${label}.machines.localhost:8443`,
  `hmi-${label}.machines.localhost:8443.evil`,
  `hmi-${label}。machines.localhost:8443`,
  `[::1]:8443`,
  `hmi-${label}.evil.machines.localhost:8443`,
  `hmi-${label}.machines.localhost:8443 `,
  `hmi-${label}.machines.localhost:8443,x`,
])('the host %j is none of ours', (host) => {
  expect(demo.parseHost(host)).toBeUndefined()
})

test('everything under the access domain is for the proxy, also what it then refuses', () => {
  for (const host of [
    'machines.localhost',
    'x.machines.localhost',
    'X.MACHINES.localhost:99',
    'x.machines.localhost.',
    'x.machines.localhost.:8443',
  ])
    expect(demo.handles(host)).toBe(true)
  for (const host of [undefined, '', 'sallyport.localhost:8443', 'evilmachines.localhost', 'machines.localhost.evil'])
    expect(demo.handles(host)).toBe(false)
})
