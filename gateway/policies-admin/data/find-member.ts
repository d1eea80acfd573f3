/** Where a member begins in the text of a JSON document, by its path; what is not there is where the one around it is. `text` is valid JSON. */
export function findMember(text: string, path: readonly PropertyKey[]): { readonly line: number; readonly column: number } {
  let at = skipSpace(text, 0)
  for (const part of path) {
    const found = text[at] === '{' ? memberAt(text, at, String(part)) : text[at] === '[' ? itemAt(text, at, Number(part)) : null
    if (found === null) break
    at = found
  }
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function memberAt(text: string, open: number, name: string): number | null {
  let at = skipSpace(text, open + 1)
  while (text[at] === '"') {
    const end = endOfString(text, at)
    const value = skipSpace(text, skipSpace(text, end) + 1)
    if (JSON.parse(text.slice(at, end)) === name) return value
    at = behindComma(text, endOfValue(text, value))
  }
  return null
}

function itemAt(text: string, open: number, index: number): number | null {
  let at = skipSpace(text, open + 1)
  for (let n = 0; text[at] !== ']' && at < text.length; n++) {
    if (n === index) return at
    at = behindComma(text, endOfValue(text, at))
  }
  return null
}

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (/\s/u.test(text[at] ?? '')) at += 1
  return at
}

function behindComma(text: string, from: number): number {
  const at = skipSpace(text, from)
  return text[at] === ',' ? skipSpace(text, at + 1) : at
}

function endOfString(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length;) {
    const char = text[at] ?? ''
    if (char === '"') at = endOfString(text, at)
    else if (char === '{' || char === '[') {
      depth += 1
      at += 1
    } else if (char === '}' || char === ']') {
      if (depth === 0) return at
      depth -= 1
      at += 1
      if (depth === 0) return at
    } else if (depth === 0 && char === ',') return at
    else at += 1
    if (depth === 0 && /[\s,}\]]/u.test(text[at] ?? ' ')) return at
  }
  return text.length
}
