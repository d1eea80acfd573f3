import { indentUnit, StreamLanguage } from '@codemirror/language'
import type { StreamParser, StringStream } from '@codemirror/language'

const keywords = new Set(['package', 'import', 'as', 'default', 'if', 'contains', 'in', 'every', 'some', 'not', 'with', 'else'])
const atoms = new Set(['true', 'false', 'null'])
const closing = /^\s*[\]})]/u

interface Place {
  /** Within a raw string, which may be many lines. */
  raw: boolean
  /** Nothing but a keyword came before in a line that begins at its edge: what comes next is the head of a rule. */
  head: boolean
  /** How deep each line is: brackets that are open. */
  depth: number
  /** The word before was a dot: what comes is a member. */
  member: boolean
}

const rawString = (stream: StringStream, place: Place): string => {
  while (!stream.eol()) {
    if (stream.next() === '`') {
      place.raw = false
      break
    }
  }
  return 'string'
}

const word = (stream: StringStream, place: Place, text: string): string => {
  const { member, head } = place
  place.member = false
  if (member) return 'propertyName'
  if (keywords.has(text)) {
    if (text !== 'default') place.head = false
    return 'keyword'
  }
  place.head = false
  if (atoms.has(text)) return 'atom'
  if (text === 'input' || text === 'data') return 'variableName.special'
  if (head) return 'variableName.definition'
  return stream.match(/^(?:\.\w+)*\(/u, false) === null ? 'variableName' : 'variableName.function'
}

const token = (stream: StringStream, place: Place): string | null => {
  if (place.raw) return rawString(stream, place)
  if (stream.sol()) {
    place.head = place.depth === 0 && stream.match(/^\s/u, false) === null
    place.member = false
  }
  if (stream.eatSpace()) return null
  if (stream.match(/^#.*/u) !== null) return 'comment'
  if (stream.match(/^"(?:\\.|[^"\\])*"?/u) !== null) return 'string'
  if (stream.eat('`') !== undefined) {
    place.raw = true
    return rawString(stream, place)
  }
  if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/u) !== null) return 'number'
  const found = stream.match(/^[A-Za-z_]\w*/u)
  if (Array.isArray(found)) return word(stream, place, found[0] ?? '')
  place.head = false
  const sign = stream.next() ?? ''
  place.member = sign === '.'
  if ('[{('.includes(sign)) place.depth += 1
  if (']})'.includes(sign)) place.depth = Math.max(0, place.depth - 1)
  return '[]{}()'.includes(sign) ? 'bracket' : '.,;'.includes(sign) ? 'punctuation' : 'operator'
}

const parser: StreamParser<Place> = {
  name: 'rego',
  startState: () => ({ raw: false, head: true, depth: 0, member: false }),
  token,
  indent: ({ depth }, textAfter, { unit }) => Math.max(0, depth - (closing.test(textAfter) ? 1 : 0)) * unit,
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['(', '[', '{', '"', '`'] },
    indentOnInput: /^\s*[\]})]$/u,
    wordChars: '_',
  },
}

/** Rego v1, well enough to colour and to indent; what it means is the compiler's business. */
export const regoLanguage = StreamLanguage.define(parser)

/** `opa fmt` indents by tabs, and so does whoever types. */
export const regoIndent = indentUnit.of('\t')
