import { StreamLanguage } from '@codemirror/language'
import type { StreamParser } from '@codemirror/language'

interface Place {
  depth: number
}

const parser: StreamParser<Place> = {
  name: 'json',
  startState: () => ({ depth: 0 }),
  token(stream, place) {
    if (stream.eatSpace()) return null
    if (stream.match(/^"(?:\\.|[^"\\])*"?/u) !== null) return stream.match(/^\s*:/u, false) === null ? 'string' : 'propertyName'
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/u) !== null) return 'number'
    if (stream.match(/^(?:true|false|null)\b/u) !== null) return 'atom'
    const sign = stream.next() ?? ''
    if ('[{'.includes(sign)) place.depth += 1
    if (']}'.includes(sign)) place.depth = Math.max(0, place.depth - 1)
    return '[]{}'.includes(sign) ? 'bracket' : ',:'.includes(sign) ? 'punctuation' : 'invalid'
  },
  indent: ({ depth }, textAfter, { unit }) => Math.max(0, depth - (/^\s*[\]}]/u.test(textAfter) ? 1 : 0)) * unit,
  languageData: { closeBrackets: { brackets: ['[', '{', '"'] }, indentOnInput: /^\s*[\]}]$/u },
}

/** The data files of a policy. */
export const jsonLanguage = StreamLanguage.define(parser)
