const mostHeader = 2_000
const mostName = 120

export interface AnswerOfDownload {
  /** Value of `Content-Disposition` as Node gives it: a character a byte. */
  readonly disposition: string | undefined
  /** Value of `Content-Type`. */
  readonly type: string | undefined
  readonly path: string
  /** What the browser wants it for (`Sec-Fetch-Dest`), where it says so. */
  readonly dest: string | undefined
}

/**
 * The name under which a browser saves this answer, to be shown: no path, no characters that control or turn text, 120 characters at most.
 * Null: it shows the answer. Source: RFC 6266; types of files that no browser shows.
 */
export function downloadName({ disposition, type = '', path, dest }: AnswerOfDownload): string | null {
  const header = disposition?.slice(0, mostHeader)
  const kind = header?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  // RFC 6266, section 4.2: a kind that nobody knows is an attachment.
  if (kind === '' || kind === 'inline' || kind.includes('=')) return isPageOf(dest) && isNeverShown(type) ? nameOf(header, path) : null
  return nameOf(header, path)
}

const isPageOf = (dest: string | undefined): boolean => dest === 'document' || dest === 'iframe' || dest === 'frame'

const isNeverShown = (type: string): boolean =>
  /^application\/(octet-stream|zip|gzip|x-(gzip|tar|xz|bzip2|zip-compressed|7z-compressed)|vnd\.rar)\s*(;|$)/i.test(type)

function nameOf(header: string | undefined, path: string): string {
  const given = header === undefined ? {} : parametersOf(header)
  for (const name of [decoded(given['filename*']), utf8Of(given['filename']), fromPath(path)]) {
    const shown = name === null ? '' : presentable(name)
    if (shown !== '') return shown
  }
  return 'download'
}

type Names = Partial<Record<string, string>>

/** The first of each name counts. */
function parametersOf(header: string): Names {
  const found: Names = {}
  for (const [, name = '', quoted, bare = ''] of header.matchAll(/;\s*(filename\*?)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^;]*))/gi))
    found[name.toLowerCase()] ??= quoted === undefined ? bare.trim() : quoted.replaceAll(/\\([^])/g, '$1')
  return found
}

/** `UTF-8''%e2%82%ac` (RFC 8187, section 3.2). */
function decoded(value: string | undefined): string | null {
  const [, charset = '', text = ''] = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i.exec(value ?? '') ?? []
  if (charset === '') return null
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return charset.toLowerCase() === 'utf-8' ? utf8Of(bytes) : bytes
}

/** Servers write UTF-8 where the standard knows only Latin-1. */
function utf8Of(bytes: string | undefined): string | null {
  if (bytes === undefined) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return bytes
  }
}

const fromPath = (path: string): string | null => {
  const [bare = ''] = path.slice(0, mostHeader).split('?', 1)
  return decoded(`utf-8''${bare}`)
}

function presentable(name: string): string {
  // Control and format characters, what turns the direction of text among them; halves of characters, and private ones.
  const plain = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replaceAll(/\s+/g, ' ')
  const last = Array.from((plain.split(/[/\\]/).at(-1) ?? '').trim())
  // The ending says what it is.
  return last.length <= mostName ? last.join('') : [...last.slice(0, mostName - 21), '…', ...last.slice(-20)].join('')
}
