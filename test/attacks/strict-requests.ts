export interface StrictRequest {
  readonly method: string
  readonly target: string
  /** Names in lower case, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/**
 * Reads requests as the strictest machine would (RFC 9112), so that whatever the agent sends and a machine could read in two ways throws: a bare CR or LF,
 * two lengths, a length beside a coding, an unknown coding, a chunk that is not one. `rest`: an unfinished request.
 */
export function readRequests(bytes: Buffer): { readonly requests: StrictRequest[]; readonly rest: Buffer } {
  const requests: StrictRequest[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end === -1) break
    const { head, framing } = readHead(bytes.toString('latin1', at, end))
    const body = readBody(bytes, end + 4, framing)
    if (body === undefined) break
    requests.push({ ...head, body: body.bytes })
    at = body.end
  }
  return { requests, rest: bytes.subarray(at) }
}

type Framing = { readonly length: number } | 'chunked'

function readHead(text: string): { head: Omit<StrictRequest, 'body'>; framing: Framing } {
  const [line = '', ...lines] = text.split('\r\n')
  const [, method = '', target = ''] = /^([A-Z-]+) ([\x21-\x7e]+) HTTP\/1\.1$/.exec(line) ?? fail(`a request line: ${JSON.stringify(line)}`)
  const fields = lines.map((field) => {
    const [, name = '', value = ''] =
      /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(field) ?? fail(`a field: ${JSON.stringify(field)}`)
    return [name.toLowerCase(), value] as const
  })
  const of = (wanted: string): string[] => fields.filter(([name]) => name === wanted).map(([, value]) => value)
  const [lengths, codings, hosts] = [of('content-length'), of('transfer-encoding'), of('host')]
  if (hosts.length !== 1) fail(`one Host, not ${hosts.length}`)
  if (lengths.length + codings.length > 1) fail('one framing')
  const [length, coding] = [lengths[0], codings[0]]
  if (coding !== undefined && coding !== 'chunked') fail(`a coding: ${coding}`)
  if (length !== undefined && !/^\d{1,15}$/.test(length)) fail(`a length: ${length}`)
  return { head: { method, target, fields }, framing: coding === undefined ? { length: Number(length ?? 0) } : 'chunked' }
}

function readBody(bytes: Buffer, start: number, framing: Framing): { bytes: Buffer; end: number } | undefined {
  if (framing !== 'chunked') {
    const end = start + framing.length
    return end > bytes.length ? undefined : { bytes: bytes.subarray(start, end), end }
  }
  const chunks: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-f]{1,8}$/i.test(line)) fail(`a chunk's size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    at = lineEnd + 2
    if (bytes.length < at + size + 2) return undefined
    if (bytes.toString('latin1', at + size, at + size + 2) !== '\r\n') fail('a line end behind a chunk')
    chunks.push(bytes.subarray(at, at + size))
    at += size + 2
    if (size === 0) return { bytes: Buffer.concat(chunks), end: at }
  }
}

function fail(what: string): never {
  throw new Error(`the machine would have to guess: expected ${what}`)
}
