import canonicalize from 'canonicalize'
import { canonicalJson } from '../../../../agent/wire/canonical-json.ts'
import { type FuzzTarget, holds, json } from '../fuzz-target.ts'

/** RFC 8785: refused, or the same bytes as an independent implementation writes; writing again what was written changes nothing. */
export const target: FuzzTarget = {
  name: 'canonical-json',
  covers: ['agent/wire/canonical-json.ts'],
  mostBytes: 4 * 1024,
  seeds: ['{"b":[1,-0,null,true],"a":{"é":"\\u0007\\ud83d\\ude00"}}', '["\\u2028",9007199254740991,1.5]', '{"__proto__":1,"10":2,"9":3}'],
  words: ['"__proto__":', '\\ud800', '\\udc00', '-0', '1e21', '9007199254740993'],
  attempt(bytes) {
    const value = json(bytes)
    if (value === undefined) return
    let written: string
    try {
      written = canonicalJson(value)
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
    holds(written === canonicalize(value), 'another implementation writes it otherwise')
    holds(canonicalJson(JSON.parse(written)) === written, 'written again it is another')
  },
}
