import { expect, it } from 'vitest'
import { createAccessAddress } from '../../gateway/proxy/access-address.ts'

/*
 * CWE-1333: `/\.+$/` begins anew at each dot, so one anonymous request whose `Host` was 32 KB of dots held the whole gateway for 0.3 s, and a hundred a
 * second held it for good. Found by test/attacks/fuzz (access-host, issue 4).
 */
it('a host of dots is judged in a time that grows with its length alone', () => {
  const address = createAccessAddress({ accessDomain: 'machines.example.net', portalOrigin: 'https://portal.example.com', publicPort: 443 })
  const timeOf = (dots: number): number => {
    const host = `${'.'.repeat(dots)}x`
    const times = Array.from({ length: 5 }, () => {
      const began = process.cpuUsage()
      address.handles(host)
      const { user, system } = process.cpuUsage(began)
      return (user + system) / 1_000
    })
    return Math.min(...times)
  }
  // The square of it would be some minutes.
  expect(timeOf(1_000_000)).toBeLessThan(50)
  expect(address.handles('machines.example.net...')).toBe(true)
  expect(address.handles('a.machines.example.net.:443')).toBe(true)
  expect(address.handles('machines.example.net.x')).toBe(false)
})
