/** `1.2.3`, or `1.2.3-beta.1` (Semantic Versioning 2.0.0 without build metadata). */
export const versionPattern = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9a-zA-Z]+(\.[0-9a-zA-Z]+)*)?$/

/** Below 0: `one` is older. Precedence as of Semantic Versioning, section 11; what is no version is older than any. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parse(one), parse(other)]
  if (left === null || right === null) return Number(left !== null) - Number(right !== null)
  for (const at of [0, 1, 2]) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.pre === null || right.pre === null) return Number(left.pre === null) - Number(right.pre === null)
  return comparePre(left.pre, right.pre)
}

function parse(text: string): { readonly numbers: readonly number[]; readonly pre: readonly string[] | null } | null {
  if (!versionPattern.test(text)) return null
  const dash = text.indexOf('-')
  const [core, pre] = dash < 0 ? [text, null] : [text.slice(0, dash), text.slice(dash + 1).split('.')]
  return { numbers: core.split('.').map(Number), pre }
}

function comparePre(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const [left, right] = [one[at], other[at]]
    if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined)
    if (left === right) continue
    const numeric = [left, right].map((part) => /^\d+$/.test(part))
    if (numeric[0] === true && numeric[1] === true) return Number(left) - Number(right)
    if (numeric[0] !== numeric[1]) return numeric[0] === true ? -1 : 1
    return left < right ? -1 : 1
  }
  return 0
}
