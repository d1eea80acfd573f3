import type { IncomingMessage } from 'node:http'
import { checkRequest } from '../../../../gateway/front/check-request.ts'
import { hopByHop, plainName } from '../../../../gateway/proxy/header-names.ts'
import { isRefusal } from '../../../../gateway/proxy/refusal.ts'
import { requestFraming } from '../../../../gateway/proxy/request-framing.ts'
import { requestHeaders } from '../../../../gateway/proxy/request-headers.ts'
import { websocketOffer } from '../../../../gateway/proxy/websocket-offer.ts'
import { type FuzzTarget, holds, rawHeaders } from '../fuzz-target.ts'

const origin = 'https://hmi-abcdefghijklmnopqrstuvwxyz.machines.example.net'
const key = 'dGhlIHNhbXBsZSBub25jZQ=='

/** RFC 9110, section 7.6; RFC 9112, section 6: one length, no header of this hop or of an identity. Bytes are lines `name: value`, first the target. */
export const target: FuzzTarget = {
  name: 'request-heads',
  covers: [
    'gateway/front/check-request.ts',
    'gateway/proxy/request-framing.ts',
    'gateway/proxy/request-headers.ts',
    'gateway/proxy/header-names.ts',
    'gateway/proxy/websocket-offer.ts',
  ],
  mostBytes: 32 * 1024,
  seeds: [
    `/a\nHost: x\nContent-Length: 5\nOrigin: ${origin}\nReferer: ${origin}/a`,
    `http://x/a\nHost: x\nTransfer-Encoding: chunked\nX-Forwarded-For: 1.2.3.4\nConnection: close, X-A`,
    `/ws\nHost: x\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: ${key}\nOrigin: ${origin}\nSec-WebSocket-Protocol: a, b\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits`,
  ],
  words: [
    'Content-Length: ',
    'Transfer-Encoding: ',
    'chunked',
    'Connection: ',
    'X_Forwarded_For: ',
    'Sallyport-Session: ',
    '\x0b',
    'Expect: 100-continue',
  ],
  attempt(bytes) {
    const raw = rawHeaders(bytes)
    const values = (name: string): string[] => raw.filter((_, at) => at % 2 === 1 && raw[at - 1]!.toLowerCase() === name)
    const framing = requestFraming({ rawHeaders: raw })
    if (!isRefusal(framing)) holds(values('content-length').length + values('transfer-encoding').length <= 1, 'two lengths')
    if (!isRefusal(framing) && framing.kind === 'length')
      holds(String(framing.bytes) === values('content-length')[0]!.replace(/^0+/, ''), 'another length')
    const headers = sentHeaders(raw)
    if (!isRefusal(headers)) checkSent(headers)
    front(bytes, raw, values)
  },
}

const sentHeaders = (raw: readonly string[]): ReturnType<typeof requestHeaders> =>
  requestHeaders({ rawHeaders: raw, origin, cookie: '', ruled: true, maxBytes: 32 * 1024, maxPairs: 128 })

function checkSent(headers: readonly string[]): void {
  const names = headers.filter((_, at) => at % 2 === 0)
  holds(names[0] === 'host' && names.lastIndexOf('host') === 0, 'another host')
  for (const name of names) {
    holds(plainName.test(name) && !hopByHop.has(name), `${name} passes`)
    holds(
      !/^(?:x-forwarded.*|forwarded|sallyport-.*|cookie|content-length|sec-websocket-.*|x-http-method(?:-override)?)$/.test(name),
      `${name} passes`,
    )
  }
  holds(
    headers.every((value) => !/[\r\n\0]/.test(value)),
    'a line ends in a value',
  )
  const again = requestHeaders({ rawHeaders: headers, origin, cookie: '', ruled: true, maxBytes: 64 * 1024, maxPairs: 256 })
  holds(!isRefusal(again) && again.length <= headers.length, 'a second hop sees more')
}

function front(bytes: Buffer, raw: readonly string[], values: (name: string) => string[]): void {
  const hosts = values('host')
  const headers = Object.fromEntries(raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1]!]] : [])))
  const url = bytes.toString('latin1').split('\n')[0]!
  const request = {
    url,
    headers: { ...headers, host: hosts[0] },
    headersDistinct: { host: hosts },
    rawHeaders: raw,
    method: 'GET',
    httpVersion: '1.1',
  }
  const bad = checkRequest(request as unknown as IncomingMessage)
  holds(bad !== null || request.url.startsWith('/'), 'not a path')
  holds(bad !== null || hosts.length <= 1, 'several hosts')
  const offer = websocketOffer({ ...request, headers, rawHeaders: [...raw] }, origin)
  // Both stand before the machine: what one of them refuses does not get there.
  if (isRefusal(offer) || isRefusal(sentHeaders(raw))) return
  holds(values('origin').length === 1 && Buffer.from(offer.key, 'base64').length === 16, 'an offer of another page or without a key')
  holds(!/[\r\n]/.test(offer.deflate), 'a line ends in an offer')
}
