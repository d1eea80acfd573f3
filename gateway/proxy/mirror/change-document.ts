import type { RecordingMode, UnrecordedPayload } from '../../../agent/wire/mirror.ts'
import type { ResponseHead } from '../response-headers.ts'
import { insertInto, type ChangeBody } from './change-body.ts'
import { codingOf } from './decode-body.ts'
import { widenPolicies } from './widen-policy.ts'

/** Why a document goes to the browser as it is. `other`: it is none that a person looks at. */
export type Unrecorded = 'other' | Exclude<UnrecordedPayload['reason'], 'busy'>

export interface DocumentRequest {
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | string[] | undefined }
}

export interface RecorderAddresses {
  /** Path of the script on the page's origin. */
  readonly script: string
  /** `https://hmi-....machines.example`. */
  readonly origin: string
  /** Path of the WebSocket. */
  readonly socket: string
  readonly newNonce: () => string
  /** What the recorder masks. */
  readonly recording: RecordingMode
}

/** As the recorder reads it (admin-ui/recorder/masking.ts): without a word it masks every field. */
const said: Readonly<Record<RecordingMode, string>> = {
  off: '',
  mask_all: '',
  mask_texts: ' data-mask="texts"',
  mask_passwords: ' data-mask="passwords"',
}

/** What a browser asks for in order to show it (Fetch Metadata); without those headers, what it says that it takes. */
export function asksForDocument({ method, headers }: DocumentRequest): boolean {
  if (method !== 'GET' && method !== 'POST') return false
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document' || destination === 'iframe' || destination === 'frame'
  return String(headers['accept'] ?? '').includes('text/html')
}

/** A page that a person has before him, not one within it. A browser that does not say what it asks for counts with what else it does. */
export function isPageOfItsOwn({ headers }: DocumentRequest): boolean {
  // One that is fetched ahead may never be shown.
  return headers['sec-fetch-dest'] === 'document' && !String(headers['sec-purpose'] ?? '').includes('prefetch')
}

export const isRecordedPage = (head: ResponseHead & { readonly changeBody?: ChangeBody }): boolean => head.changeBody !== undefined

/** A browser that asked whether its copy is still good keeps what it has: that copy's policy, too, which was widened for what is in it. */
export function keepPolicy(head: ResponseHead): ResponseHead {
  return { ...head, headers: pairs(head.headers, (name) => name !== 'content-security-policy') }
}

/** The head of the answer to such a request with the recorder in its document, or why there is none. */
export function changeDocument(
  head: ResponseHead,
  status: number,
  addresses: RecorderAddresses,
): (ResponseHead & { readonly changeBody: ChangeBody }) | Unrecorded {
  if (!isShown(head, status)) return 'other'
  const charset = charsetOf(valuesOf(head.headers, 'content-type')[0] ?? '')
  if (notAscii.test(charset)) return 'charset'
  const coding = codingOf(valuesOf(head.headers, 'content-encoding'))
  if (coding === undefined) return 'coding'
  const widened = widenPolicies(head.headers, {
    script: addresses.origin + addresses.script,
    socket: addresses.origin.replace(/^http/, 'ws') + addresses.socket,
    newNonce: addresses.newNonce,
  })
  if (widened === 'sandboxed') return 'sandboxed'
  const nonce = widened.nonce === undefined ? '' : ` nonce="${widened.nonce}"`
  return {
    ...head,
    // A script of the page that fetches this address gets it as the machine sent it.
    headers: [...pairs(widened.headers, (name) => !ofTheBody.has(name)), 'accept-ranges', 'none', 'vary', 'sec-fetch-dest'],
    changeBody: insertInto(`<script src="${addresses.script}"${said[addresses.recording]}${nonce}></script>`, coding),
  }
}

/** Whether a browser that asks for a document shows what comes, in its place: what it saves to a file, a redirect and an empty answer it does not. */
export function isDisplayed(head: ResponseHead, status: number): boolean {
  if (status < 200 || status === 204 || status === 205 || (status >= 300 && status < 400)) return false
  if (valuesOf(head.headers, 'content-length')[0] === '0') return false
  const [disposition = 'inline'] = valuesOf(head.headers, 'content-disposition')
  if (!/^[\t ]*(?:inline\b|$)/i.test(disposition)) return false
  const types = valuesOf(head.headers, 'content-type')
  // Without a type, browsers look into the bytes.
  return types.length !== 1 || displayed.test(types[0]!) || !/^[\w.+-]+\/[\w.+-]+/.test(types[0]!)
}

const displayed =
  /^[\t ]*(?:(?:text|image|audio|video|font|multipart|message|model)\/|application\/(?:pdf|(?:x-)?json|xml|(?:x-)?(?:java|ecma)script|[\w.-]+\+(?:json|xml)))/i

/** They speak of the bytes that the machine sent. Their number is said anew by chunks. */
const ofTheBody = new Set(['accept-ranges', 'content-digest', 'content-encoding', 'content-length', 'content-md5', 'digest', 'repr-digest'])

/** Encodings whose `<` is another byte or no byte, and those that browsers show nothing of (Encoding, section 4.2). */
const notAscii =
  /^(?:utf-?(?:16|32)|ucs-?[24]|unicode|csunicode|iso-10646-ucs-2|unicodef|replacement|csiso2022kr|hz-gb-2312|iso-2022-(?:cn|kr))/

function isShown(head: ResponseHead, status: number): boolean {
  if (status < 200 || status === 204 || status === 205 || status === 206 || (status >= 300 && status < 400)) return false
  const types = valuesOf(head.headers, 'content-type')
  if (types.length !== 1 || !/^text\/html[\t ]*(?:;|$)/i.test(types[0]!)) return false
  const [disposition = 'inline'] = valuesOf(head.headers, 'content-disposition')
  return /^[\t ]*(?:inline\b|$)/i.test(disposition)
}

const charsetOf = (type: string): string => (/;[\t ]*charset[\t ]*=[\t ]*["']?([^"';\t ]*)/i.exec(type)?.[1] ?? '').toLowerCase()

function valuesOf(raw: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let at = 0; at < raw.length; at += 2) if (raw[at] === name) values.push(raw[at + 1]!)
  return values
}

function pairs(raw: readonly string[], keep: (name: string) => boolean): string[] {
  const kept: string[] = []
  for (let at = 0; at < raw.length; at += 2) if (keep(raw[at]!)) kept.push(raw[at]!, raw[at + 1]!)
  return kept
}
