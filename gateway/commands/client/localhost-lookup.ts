import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Browsers find every `*.localhost` at loopback (RFC 6761, section 6.3); Node asks the system, which may not know it. */
export const localhostLookup: LookupFunction = (host, options, callback) => {
  if (!host.endsWith('.localhost')) return systemLookup(host, options, callback)
  const answer = { address: '127.0.0.1', family: 4 }
  if (options.all === true) callback(null, [answer])
  else callback(null, answer.address, answer.family)
}
