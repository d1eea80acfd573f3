import { createAccessAddress } from '../../../../gateway/proxy/access-address.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

const domain = 'machines.example.net'
const addresses = [443, 8443].map((publicPort) =>
  createAccessAddress({ accessDomain: domain, portalOrigin: 'https://portal.example.com', publicPort }),
)
const label = 'abcdefghijklmnopqrstuvwxyz'

/** RFC 9110, section 7.2: one spelling is taken, URL reads it the same way, and nothing under the domain is anybody else's. */
export const target: FuzzTarget = {
  name: 'access-host',
  covers: ['gateway/proxy/access-address.ts', 'gateway/basics/ids.ts'],
  mostBytes: 32 * 1024,
  seeds: [`hmi-${label}.${domain}`, `hmi-${label}.${domain}:8443`, `a-b-${label}.${domain}`, `HMI-${label}.${domain}.:443`],
  words: [`.${domain}`, ':8443', label, '..', ':443', '%2e', '@'],
  attempt(bytes) {
    const host = bytes.toString('latin1')
    for (const address of addresses) {
      const handled = address.handles(host)
      const parsed = address.parseHost(host)
      const url = URL.parse(`https://${host}/`)
      if (parsed !== undefined) {
        holds(address.hostOf(parsed) === host, 'written again it is another')
        holds(url?.host === host, 'URL reads another host')
        holds(handled, 'parsed, but not handled')
      }
      // What a browser would take for a host under the domain is ours alone, dots at its end included.
      const plain =
        url !== null && url.pathname === '/' && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
      if (plain && /^[a-z0-9.:-]+$/i.test(host) && url.hostname.endsWith(`.${domain}`)) holds(handled, 'under the domain, but not handled')
    }
  },
}
