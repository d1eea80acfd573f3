/** Where a value stands in a text of JSON, and where its members stand. */
export interface JsonSpan {
  readonly from: number
  readonly to: number
  /** Of an object; empty for every other value. */
  readonly members: readonly JsonMember[]
  readonly isObject: boolean
}

export interface JsonMember {
  readonly name: string
  readonly from: number
  readonly value: JsonSpan
}

const blank = /[\t\n\r ]*/uy
const text = /"(?:\\.|[^"\\])*"/uy
const plain = /[^\t\n\r ,\]}]+/uy

/** The spans of a text that `JSON.parse` takes. */
export const spansOf = (json: string): JsonSpan => {
  const match = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at
    return pattern.test(json) ? pattern.lastIndex : at
  }
  const skip = (at: number): number => match(blank, at)
  const value = (start: number): JsonSpan => {
    const from = skip(start)
    if (json[from] === '{') return object(from)
    if (json[from] === '[') return array(from)
    return { from, to: match(json[from] === '"' ? text : plain, from), members: [], isObject: false }
  }
  const object = (from: number): JsonSpan => {
    const members: JsonMember[] = []
    let at = skip(from + 1)
    while (at < json.length && json[at] !== '}') {
      const nameEnd = match(text, at)
      const member = value(skip(nameEnd) + 1)
      members.push({ name: JSON.parse(json.slice(at, nameEnd)) as string, from: at, value: member })
      at = skip(member.to)
      if (json[at] === ',') at = skip(at + 1)
    }
    return { from, to: at + 1, members, isObject: true }
  }
  const array = (from: number): JsonSpan => {
    let at = skip(from + 1)
    while (at < json.length && json[at] !== ']') {
      at = skip(value(at).to)
      if (json[at] === ',') at = skip(at + 1)
    }
    return { from, to: at + 1, members: [], isObject: false }
  }
  return value(0)
}
