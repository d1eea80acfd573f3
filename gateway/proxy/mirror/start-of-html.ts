/**
 * Finds in the bytes of a document the first place where a script may stand: behind `<head>`, or before whatever comes in its place (HTML, section 13.2.6.4).
 * It must come after the doctype (or the page would be drawn in another mode) and before a `<meta>` with a policy. Works in every encoding whose ASCII is ASCII.
 */
export interface StartOfHtml {
  /** Looks at the next bytes. `keptFrom`: from there on they mean nothing without the next ones, and are given again with those. */
  look(bytes: Buffer): { readonly place: number } | { readonly keptFrom: number } | 'wide'
  /** Whether a script may stand at the end, where nothing else came. */
  readonly isBetween: boolean
}

type Where = 'start' | 'between' | 'declaration' | 'comment' | 'tag'

const [tab, lf, ff, cr, space] = [0x09, 0x0a, 0x0c, 0x0d, 0x20]
const [bang, quote, dash, apostrophe, slash, less, equals, greater, question] = [0x21, 0x22, 0x2d, 0x27, 0x2f, 0x3c, 0x3d, 0x3e, 0x3f]
/** Their ends stand for their beginnings where those are missing. */
const opening = ['head', 'body', 'html', 'br']
const longestName = 4

export function startOfHtml(): StartOfHtml {
  let where: Where = 'start'
  const comment = commentEnd()
  const tag = tagEnd()
  let isHead = false

  /** What begins with the `<` at `at`: the place where it goes on, `place` if it is nothing that may stand before a script, `more` if that is not known yet. */
  function open(bytes: Buffer, at: number): number | 'place' | 'more' {
    const next = bytes[at + 1]
    if (next === undefined) return 'more'
    if (next === question) return enter('declaration', at + 1)
    if (next === slash) return afterSlash(bytes, at)
    if (next === bang) return afterBang(bytes, at)
    return isLetter(next) ? afterLetter(bytes, at) : 'place'
  }
  function afterSlash(bytes: Buffer, at: number): number | 'place' | 'more' {
    const third = bytes[at + 2]
    if (third === undefined) return 'more'
    if (!isLetter(third)) return enter('declaration', at + 2)
    const found = nameAt(bytes, at + 2, opening)
    // All other ends of something are passed over here, as a browser does.
    return found === 'other' ? enterTag(false, at + 2) : found === 'more' ? 'more' : 'place'
  }
  function afterBang(bytes: Buffer, at: number): number | 'more' {
    const [third, fourth] = [bytes[at + 2], bytes[at + 3]]
    if (third === undefined || (third === dash && fourth === undefined)) return 'more'
    if (third !== dash || fourth !== dash) return enter('declaration', at + 2)
    comment.begin()
    return enter('comment', at + 4)
  }
  function afterLetter(bytes: Buffer, at: number): number | 'place' | 'more' {
    const found = nameAt(bytes, at + 1, ['html', 'head'])
    return found === 'other' ? 'place' : found === 'more' ? 'more' : enterTag(found === 'head', at + 1)
  }
  function enterTag(begins: boolean, at: number): number {
    isHead = begins
    tag.begin()
    return enter('tag', at)
  }
  function enter(next: Where, at: number): number {
    where = next
    return at
  }

  return {
    look(bytes) {
      let at = 0
      if (where === 'start') {
        const mark = orderMark(bytes)
        if (mark === 'more') return { keptFrom: 0 }
        if (mark === 'wide') return 'wide'
        at = enter('between', mark)
      }
      while (at < bytes.length) {
        const byte = bytes[at]!
        if (where === 'between') {
          if (isSpace(byte)) at += 1
          else if (byte !== less) return { place: at }
          else {
            const next = open(bytes, at)
            if (next === 'place') return { place: at }
            if (next === 'more') return { keptFrom: at }
            at = next
          }
          continue
        }
        at += 1
        const isOver = where === 'declaration' ? byte === greater : where === 'comment' ? comment.isEnd(byte) : tag.isEnd(byte)
        if (!isOver) continue
        if (where === 'tag' && isHead) return { place: at }
        where = 'between'
      }
      return { keptFrom: bytes.length }
    },
    get isBetween() {
      return where === 'between' || where === 'start'
    },
  }
}

const isSpace = (byte: number): boolean => byte === space || byte === lf || byte === cr || byte === tab || byte === ff
const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Which of these names stands there; `more`: one of them may. */
function nameAt(bytes: Buffer, from: number, names: readonly string[]): string {
  let to = from
  while (to < bytes.length && to - from <= longestName && !endsName(bytes[to]!)) to += 1
  const name = bytes.toString('latin1', from, to).toLowerCase()
  const isWhole = to < bytes.length
  if (isWhole) return names.includes(name) ? name : 'other'
  return names.some((each) => each.startsWith(name)) ? 'more' : 'other'
}

const endsName = (byte: number): boolean => isSpace(byte) || byte === slash || byte === greater

/** How long the mark of UTF-8 is; `wide` for UTF-16, where our bytes would be other characters (Encoding, section 6, "BOM sniff"). */
function orderMark(bytes: Buffer): number | 'wide' | 'more' {
  const [first, second, third] = [bytes[0], bytes[1], bytes[2]]
  if (first === undefined) return 'more'
  if (first === 0xfe || first === 0xff) return second === undefined ? 'more' : first + second === 0x1fd ? 'wide' : 0
  if (first !== 0xef) return 0
  if (second === undefined || (second === 0xbb && third === undefined)) return 'more'
  return second === 0xbb && third === 0xbf ? 3 : 0
}

/** Sections 13.2.5.43 to 13.2.5.51. */
function commentEnd(): { begin(): void; isEnd(byte: number): boolean } {
  let dashes = 0
  let isStart = true
  let isBang = false
  return {
    begin() {
      dashes = 0
      isStart = true
      isBang = false
    },
    isEnd(byte) {
      if (byte === greater && (isBang || dashes >= 2 || isStart)) return true
      isBang = byte === bang && dashes >= 2
      dashes = byte === dash ? dashes + 1 : 0
      // `<!-->` and `<!--->` are whole.
      isStart &&= byte === dash && dashes === 1
      return false
    },
  }
}

/** Sections 13.2.5.32 to 13.2.5.40: a `>` in a quoted value ends no tag. */
function tagEnd(): { begin(): void; isEnd(byte: number): boolean } {
  let state: 'tagName' | 'beforeName' | 'name' | 'afterName' | 'beforeValue' | 'unquoted' | number = 'tagName'
  return {
    begin() {
      state = 'tagName'
    },
    isEnd(byte) {
      if (state === quote || state === apostrophe) {
        if (byte === state) state = 'beforeName'
        return false
      }
      if (byte === greater) return true
      if (state === 'tagName') state = endsName(byte) ? 'beforeName' : state
      else if (state === 'beforeValue' && (byte === quote || byte === apostrophe)) state = byte
      else if (state === 'beforeValue') state = isSpace(byte) ? state : 'unquoted'
      else if (isSpace(byte)) state = state === 'name' || state === 'afterName' ? 'afterName' : 'beforeName'
      else if (state === 'unquoted') return false
      else if (byte === slash) state = 'beforeName'
      else if (byte === equals && state !== 'beforeName') state = 'beforeValue'
      else state = 'name'
      return false
    },
  }
}
