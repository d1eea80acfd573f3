import { assetType } from '../../agent/wire/asset-type.ts'

/** A picture or font that stands in the recorded page itself, as it is there and decoded: as much as one that passes through the agent may have. */
export const mostDataBytes = 512 * 1024

const dataUrl = /^data:((?:image|font)\/[a-z0-9.+-]+)((?:;[^,;]*)*),(.*)$/isu
/** Each byte is three characters at most, where it is written by its number. */
const mostChars = mostDataBytes * 3 + 1_000

/**
 * Whether a browser may draw this `data:`: a few kilobytes may be a picture that takes gigabytes where it is drawn. What is a picture is measured as those
 * that pass through the agent; a font by its bytes alone.
 */
export const isMeasured = (url: string): boolean => {
  if (url.length > mostChars) return false
  // As browsers read addresses: without what stands around them, and without line breaks inside.
  const [, type = '', parameters = '', body = ''] = dataUrl.exec(url.replaceAll(/[\t\n\r]/gu, '').trim()) ?? []
  if (type === '') return false
  const bytes = /;\s*base64\s*$/iu.test(parameters) ? fromBase64(body) : fromPercent(body)
  if (bytes === null || bytes.length > mostDataBytes) return false
  return type.toLowerCase().startsWith('font/') || (assetType(bytes)?.startsWith('image/') ?? false)
}

const fromBase64 = (body: string): Uint8Array | null => {
  try {
    return Uint8Array.from(atob(latinOf(fromPercent(body))), (one) => one.charCodeAt(0))
  } catch {
    return null
  }
}

const latinOf = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)

const fromPercent = (body: string): Uint8Array => {
  const bytes = new TextEncoder().encode(body)
  if (!body.includes('%')) return bytes
  const found: number[] = []
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at] === 0x25 ? /^[0-9a-f]{2}$/iu.exec(String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)) : null
    found.push(code === null ? (bytes[at] ?? 0) : Number.parseInt(code[0], 16))
    if (code !== null) at += 2
  }
  return Uint8Array.from(found)
}

/** Letters, `:` and `/` that a style sheet writes by their number, or with a mark before them: what they spell is what counts. */
const escapedLetter = /\\(?:0{0,4}(3a|2f|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])(?:\r\n|[ \t\n\r\f]|(?![0-9a-f]))|([g-z]))/giu
const cssData = /"\s*data:[^"]*"|'\s*data:[^']*'|url\(\s*data:[^)]*\)/giu

/** The text of a style sheet without what is not measured, in the place of which nothing stands. */
export const measuredCss = (text: string): string => {
  const read = text.includes('\\')
    ? text.replaceAll(escapedLetter, (_whole, code?: string, letter?: string) =>
        code === undefined ? (letter ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text
  if (!/data:/iu.test(read)) return text
  return read.replaceAll(cssData, (whole) => {
    const bare = /^url\(/iu.test(whole)
    const url = bare ? whole.slice(4, -1).trim() : whole.slice(1, -1)
    // Within `url("...")` the quoted part alone is found.
    if (isMeasured(bare ? url.replaceAll(/^["']|["']$/gu, '') : url)) return whole
    return bare ? 'none' : '""'
  })
}
