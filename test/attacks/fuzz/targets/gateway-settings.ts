import { isDeepStrictEqual } from 'node:util'
import { parseSettings } from '../../../../gateway/settings/read-settings.ts'
import { type FuzzTarget, holds, json, valueOrRefusal } from '../fuzz-target.ts'

const good = {
  dataDir: '/d',
  organisation: 'Acme',
  trustDomain: 'acme.example',
  portalOrigin: 'https://portal.example.com',
  accessDomain: 'machines.example.net',
  public: { port: 443, host: '0.0.0.0', tls: { certFile: '/c', keyFile: '/k' } },
  tunnel: { port: 7443, names: ['gw.example.com'] },
  est: { port: 7444 },
  identityProvider: { issuer: 'https://id.portal.example.com', socket: '/s', adminSocket: '/a', adminTokenFile: '/t' },
  pagesDir: '/p',
  policiesDir: '/o',
}

/** `gateway.json`: `settings_invalid` with every problem, or settings that mean the same when they are read again. */
export const target: FuzzTarget = {
  name: 'gateway-settings',
  covers: [
    'gateway/settings/read-settings.ts',
    'gateway/settings/joined-problems.ts',
    'gateway/settings/one-port.ts',
    'gateway/settings/same-site.ts',
    'gateway/settings/gateway-settings.ts',
  ],
  mostBytes: 8 * 1024,
  seeds: [JSON.stringify(good), JSON.stringify({ ...good, public: { port: 0 }, demo: true, portalOrigin: 'http://portal.localhost:1' })],
  words: ['"__proto__":{},', '.localhost', '[::1]', 'xn--', '%00', '"demo":true,', '127.0.0.1', 'co.uk', 'http://', '\\ud800'],
  attempt(bytes) {
    const value = json(bytes)
    if (value === undefined) return
    const read = valueOrRefusal(['settings_invalid'], () => parseSettings(value, {}, 'gateway.json'))
    if (read === undefined) return
    holds(Object.isFrozen(read) && Object.isFrozen(read.public), 'not frozen')
    holds(isDeepStrictEqual(parseSettings(json(Buffer.from(JSON.stringify(read))), {}, 'gateway.json'), read), 'read again it is another')
  },
}
