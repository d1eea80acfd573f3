import { accessCookieName, isReservedCookie } from '../../../../gateway/proxy/access-cookie.ts'
import { createMachineCookies } from '../../../../gateway/proxy/machine-cookies.ts'
import { requestCookies } from '../../../../gateway/proxy/request-cookies.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** RFC 6265, sections 4.1 and 5.2: no cookie of ours to a machine, none of a machine's for the whole site. Bytes are a header's value, both ways. */
export const target: FuzzTarget = {
  name: 'cookies',
  covers: ['gateway/proxy/request-cookies.ts', 'gateway/proxy/machine-cookies.ts', 'gateway/proxy/access-cookie.ts'],
  mostBytes: 32 * 1024,
  seeds: ['a=b; __Host-sallyport=x; c=d; a=e', 'sid=1; Path=/; HttpOnly; Domain=example.net', 'SALLYPORT-access=1', '=a=b;;c'],
  words: ['__Host-sallyport', 'sallyport-access', '; Domain', '; HttpOnly', '\u00a0', '__Secure-SALLYPORT'],
  attempt(bytes) {
    const text = bytes.toString('latin1')
    for (const secure of [true, false]) {
      const { access, machine } = requestCookies([text], secure)
      holds(access.length <= 4, 'more of our own than are looked up')
      holds(new Set(machine.map(([name]) => name)).size === machine.length, 'a name twice')
      holds(!machine.some(([name]) => isReservedCookie(name) || name === accessCookieName(secure)), 'ours goes to the machine')
      const header = createMachineCookies().header(machine)
      holds(!/[\x00-\x1f\x7f]/.test(header), 'a control character')
      const again = requestCookies([header], secure)
      holds(JSON.stringify(again.machine) === JSON.stringify(machine), 'the machine reads other cookies than we')
      holds(again.access.length === 0, 'ours goes to the machine when read again')
    }
    const jar = createMachineCookies()
    const set = jar.rewrite(text)
    if (set === undefined) return
    holds(!/;[\s\u00a0]*domain[\s\u00a0]*(?:=|;|$)/i.test(set), 'a cookie for the whole site')
    holds(!isReservedCookie(set.trimStart()), 'a cookie of our name')
    holds(!/[\x00-\x1f\x7f]/.test(set), 'a control character in Set-Cookie')
    holds(createMachineCookies().rewrite(set) === set, 'written again it is another')
    const pair = set.split(';')[0]!
    holds(
      jar.header([[pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]]) === pair,
      'what the machine set does not come back',
    )
  },
}
