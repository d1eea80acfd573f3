/** Lines of context around a change, as `diff -u` has them. */
const context = 3
/** Past it the middle of both is told as taken away and added: still true, only longer. */
const mostCells = 4_000_000

interface Line {
  readonly kind: ' ' | '-' | '+'
  readonly text: string
}

/** A unified diff of one file; undefined: it is not there on that side. */
export function lineDiff(path: string, before: string | undefined, after: string | undefined): string {
  const lines = compare(linesOf(before), linesOf(after))
  const head = `--- ${before === undefined ? '/dev/null' : `a/${path}`}\n+++ ${after === undefined ? '/dev/null' : `b/${path}`}\n`
  return `${head}${hunks(lines).join('')}`
}

const linesOf = (text: string | undefined): string[] => {
  if (text === undefined || text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const same = (texts: readonly string[]): Line[] => texts.map((text) => ({ kind: ' ', text }))
  const middle = between(before.slice(start, before.length - end), after.slice(start, after.length - end))
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))]
}

/** By the longest common subsequence. */
function between(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1
  if (before.length * width > mostCells) return [...whole('-', before), ...whole('+', after)]
  const longest = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--)
      longest[row * width + column] =
        before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: Line[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [mine = '', theirs = ''] = [before[row], after[column]]
    if (row < before.length && column < after.length && mine === theirs) {
      lines.push({ kind: ' ', text: mine })
      row += 1
      column += 1
    } else if (column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: '-', text: mine })
      row += 1
    } else {
      lines.push({ kind: '+', text: theirs })
      column += 1
    }
  }
  return lines
}

const whole = (kind: Line['kind'], texts: readonly string[]): Line[] => texts.map((text) => ({ kind, text }))

function hunks(lines: readonly Line[]): string[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === ' ' ? [] : [index]))
  const ranges: [number, number][] = []
  for (const index of changed) {
    const last = ranges.at(-1)
    if (last !== undefined && index - last[1] <= 2 * context) last[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(([first, last]) => {
    const [from, to] = [Math.max(0, first - context), Math.min(lines.length, last + context + 1)]
    const [before, after] = (['+', '-'] as const).map((other) => placeOf(lines, from, to, other))
    return `@@ -${before} +${after} @@\n${lines
      .slice(from, to)
      .map(({ kind, text }) => `${kind}${text}\n`)
      .join('')}`
  })
}

/** First line and count on one side: lines of the other one do not count. */
function placeOf(lines: readonly Line[], from: number, to: number, other: Line['kind']): string {
  const count = lines.slice(from, to).filter(({ kind }) => kind !== other).length
  const before = lines.slice(0, from).filter(({ kind }) => kind !== other).length
  return `${count === 0 ? before : before + 1},${count}`
}
