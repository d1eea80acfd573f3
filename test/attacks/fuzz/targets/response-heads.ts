import { machineOrigin } from '../../../../agent/wire/machine-origin.ts'
import { clearSiteData } from '../../../../gateway/proxy/clear-site-data.ts'
import { hopByHop } from '../../../../gateway/proxy/header-names.ts'
import { createMachineCookies } from '../../../../gateway/proxy/machine-cookies.ts'
import { isRefusal } from '../../../../gateway/proxy/refusal.ts'
import { responseHeaders } from '../../../../gateway/proxy/response-headers.ts'
import { websocketAgreement } from '../../../../gateway/proxy/websocket-offer.ts'
import { type FuzzTarget, holds, rawHeaders } from '../fuzz-target.ts'

const origin = 'https://hmi-abcdefghijklmnopqrstuvwxyz.machines.example.net'
const bar = 'https://bar-abcdefghijklmnopqrstuvwxyz.machines.example.net'
const offer = { key: 'dGhlIHNhbXBsZSBub25jZQ==', protocols: ['a', 'b'], deflate: 'permessage-deflate' }

/** security.md, E4 and E5: what a hostile machine may say to a browser. Bytes are lines `name: value`. */
export const target: FuzzTarget = {
  name: 'response-heads',
  covers: [
    'gateway/proxy/response-headers.ts',
    'gateway/proxy/clear-site-data.ts',
    'gateway/proxy/header-names.ts',
    'gateway/proxy/websocket-offer.ts',
  ],
  mostBytes: 32 * 1024,
  seeds: [
    `Location: ${machineOrigin}/a\nSet-Cookie: a=b; HttpOnly; Domain=x\nClear-Site-Data: "*"\nContent-Length: 3`,
    `Refresh: 5; url=${machineOrigin}/x\nStrict-Transport-Security: max-age=1\nConnection: content-length`,
    'Upgrade: websocket\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10',
  ],
  words: [
    'Refresh: 0; url=',
    'Location: ',
    machineOrigin,
    'Clear-Site-Data: ',
    '"cookies"',
    'Alt-Svc: ',
    'Transfer-Encoding: chunked',
    'X-Accel-Redirect: ',
  ],
  attempt(bytes) {
    const raw = rawHeaders(bytes)
    for (const status of [200, 204]) {
      const { headers } = responseHeaders({ raw, status, origin, cookies: createMachineCookies(), bar })
      for (let at = 0; at < headers.length; at += 2) check(headers[at]!, headers[at + 1]!)
      holds(headers.at(-1) === `frame-ancestors 'self' ${bar}`, 'others may frame it')
      holds(!headers.some((text, at) => at % 2 === 0 && text === 'x-frame-options'), 'the bar may not frame it')
    }
    const agreed = websocketAgreement(offer, { rawHeaders: raw })
    if (!isRefusal(agreed))
      holds(agreed.protocol === undefined || offer.protocols.includes(agreed.protocol), 'a protocol that nobody offered')
  },
}

function check(name: string, value: string): void {
  holds(!hopByHop.has(name), `${name} passes`)
  holds(!/^(?:strict-transport-security|alt-svc|x-accel-.*|sallyport-.*|public-key-pins|set-cookie2)$/.test(name), `${name} passes`)
  holds(!/[\r\n\0]/.test(value), 'a line ends in a value')
  if (name === 'clear-site-data') holds(!/cookies|\*/i.test(value) && clearSiteData(value) === value, 'it clears more than its own')
  if (name === 'location') holds(value !== machineOrigin && !value.startsWith(`${machineOrigin}/`), 'an address that only we know')
}
