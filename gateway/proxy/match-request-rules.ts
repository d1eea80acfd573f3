import type { RequestRule } from './request-rule.ts'

/** Whether one of the rules lets this method and path through. A path with `;` never passes: some machines cut parameters out of segments. */
export function matchRequestRules(rules: readonly RequestRule[], method: string, path: string): boolean {
  if (path.includes(';')) return false
  return rules.some(
    (rule) => (rule.methods.includes('*') || rule.methods.includes(method)) && rule.paths.some((pattern) => matchPath(pattern, path)),
  )
}

/** Walks all possible places in the pattern at once: time is at most pattern times path, whatever the pattern. */
export function matchPath(pattern: string, path: string): boolean {
  const parts = pattern.match(/\*\*|\*|[^*]/g) ?? []
  let places = reachable(parts, [0])
  for (const character of path) {
    const next = new Set<number>()
    for (const place of places) {
      const part = parts[place]
      if (part === '**' || (part === '*' && character !== '/')) next.add(place)
      else if (part === character) next.add(place + 1)
    }
    if (next.size === 0) return false
    places = reachable(parts, next)
  }
  return places.has(parts.length)
}

/** A wildcard may stand for nothing. */
function reachable(parts: readonly string[], from: Iterable<number>): Set<number> {
  const places = new Set<number>()
  for (let place of from) {
    places.add(place)
    while (parts[place]?.startsWith('*') === true) places.add(++place)
  }
  return places
}
