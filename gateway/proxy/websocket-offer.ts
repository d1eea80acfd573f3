import type { IncomingMessage } from 'node:http'
import { hash } from 'node:crypto'
import { refuse, type Refusal } from './refusal.ts'
import { valuesOf } from './request-headers.ts'

/** What a browser offers in its handshake. */
export interface WebSocketOffer {
  readonly key: string
  readonly protocols: readonly string[]
  /** The `permessage-deflate` offers as they came, '' for none; other extensions would carry frames that nobody here can read. */
  readonly deflate: string
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const list = (values: readonly string[]): string[] =>
  values
    .flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Reads the handshake (RFC 6455, section 4.2.1). The Origin must be this origin exactly: absent, `null` and foreign ones are refused. */
export function websocketOffer(
  req: Pick<IncomingMessage, 'method' | 'httpVersion' | 'headers' | 'rawHeaders'>,
  origin: string,
): WebSocketOffer | Refusal {
  const { headers, rawHeaders } = req
  const once = (name: string): string | undefined => {
    const values = valuesOf(rawHeaders, name)
    return values.length === 1 ? values[0]!.trim() : undefined
  }
  const asks =
    once('upgrade')?.toLowerCase() === 'websocket' &&
    list(valuesOf(rawHeaders, 'connection')).some((item) => item.toLowerCase() === 'upgrade')
  if (!asks) return refuse('bad_request', 'upgrade_unknown')
  if (req.method !== 'GET' || req.httpVersion !== '1.1') return refuse('bad_request', 'websocket_method')
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return refuse('bad_request', 'websocket_body')
  if (once('sec-websocket-version') !== '13')
    return refuse('bad_request', 'websocket_version', { status: 426, headers: { 'sec-websocket-version': '13' } })
  const key = once('sec-websocket-key')
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) return refuse('bad_request', 'websocket_key')
  if (once('origin') !== origin) return refuse('not_allowed', 'foreign_page')
  const protocols = list(valuesOf(rawHeaders, 'sec-websocket-protocol'))
  if (!protocols.every((protocol) => token.test(protocol)) || new Set(protocols).size !== protocols.length)
    return refuse('bad_request', 'websocket_protocol')
  const extensions = list(valuesOf(rawHeaders, 'sec-websocket-extensions'))
  return { key, protocols, deflate: extensions.filter((extension) => /^permessage-deflate\s*(?:;|$)/i.test(extension)).join(', ') }
}

export interface WebSocketAgreement {
  readonly accept: string
  readonly protocol: string | undefined
  /** As the machine answered, undefined for none. */
  readonly deflate: string | undefined
}

/** Checks the machine's 101 against the offer (section 4.1): without this any 101 would open a tunnel for anything (security.md, E5). */
export function websocketAgreement(offer: WebSocketOffer, answer: Pick<IncomingMessage, 'rawHeaders'>): WebSocketAgreement | Refusal {
  const invalid = refuse('service_not_answering', 'machine_websocket_invalid')
  const values = (name: string): string[] => valuesOf(answer.rawHeaders, name)
  const accept = websocketAccept(offer.key)
  if (values('sec-websocket-accept').length !== 1 || values('sec-websocket-accept')[0]!.trim() !== accept) return invalid
  if (values('upgrade').join().trim().toLowerCase() !== 'websocket') return invalid
  const protocols = values('sec-websocket-protocol')
  if (protocols.length > 1 || (protocols.length === 1 && !offer.protocols.includes(protocols[0]!.trim()))) return invalid
  const extensions = list(values('sec-websocket-extensions'))
  const agreed = /^permessage-deflate(?:\s*;\s*[a-z_]+(?:="?\d{1,2}"?)?)*$/i
  if (extensions.length > 1 || (extensions.length === 1 && (offer.deflate === '' || !agreed.test(extensions[0]!)))) return invalid
  return { accept, protocol: protocols[0]?.trim(), deflate: extensions[0] }
}

/** `Sec-WebSocket-Accept` for a key (section 4.2.2). */
function websocketAccept(key: string): string {
  return hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')
}
