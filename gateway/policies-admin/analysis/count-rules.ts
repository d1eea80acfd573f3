/**
 * Rules of a module, each clause counted, by its text alone: statements that begin at the start of a line and stand in no bracket, comment or string. What
 * `opa fmt` has formatted is counted exactly; of anything else never more than there are, so that nothing is refused by it that would fit.
 */
export function countRules(text: string): number {
  let [depth, rules, raw] = [0, 0, false]
  for (const line of text.split('\n')) {
    if (depth === 0 && !raw && /^[A-Za-z_]/.test(line) && !/^(?:package|import|else)\b/.test(line)) rules += 1
    ;({ depth, raw } = behind(line, depth, raw))
  }
  return rules
}

/** Brackets that are open, and whether a raw string is, where a line has ended. */
function behind(line: string, before: number, inRaw: boolean): { readonly depth: number; readonly raw: boolean } {
  let [depth, raw, quoted] = [before, inRaw, false]
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at]
    if (raw) raw = sign !== '`'
    else if (quoted) {
      if (sign === '\\') at += 1
      else quoted = sign !== '"'
    } else if (sign === '#') break
    else if (sign === '`') raw = true
    else if (sign === '"') quoted = true
    else if (sign === '{' || sign === '[' || sign === '(') depth += 1
    else if (sign === '}' || sign === ']' || sign === ')') depth -= 1
  }
  return { depth, raw }
}
