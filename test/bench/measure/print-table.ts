import { isMet, type Row } from './row.ts'

const headings = ['workload', 'metric', 'unit', 'ours', 'peer', 'theirs', 'ours/theirs', 'better is', 'goal']

/** The table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [headings, ...rows.map(cellsOf)]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const right = new Set([3, 5, 6])
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return cells.map(line).join('\n')
}

function cellsOf(row: Row): string[] {
  return [
    row.workload,
    row.metric,
    row.unit,
    figure(row.ours),
    row.peer ?? '-',
    row.theirs === null ? '' : figure(row.theirs),
    row.ratio === null ? '' : `${row.ratio.toFixed(2)}x`,
    row.better,
    goalOf(row),
  ]
}

/** `met: >= 1.1x`, or an empty cell. */
export function goalOf(row: Row): string {
  const { goal } = row
  if (goal === undefined) return ''
  const bound = `${goal.at === 'least' ? '>=' : '<='} ${goal.value}${goal.of === 'ratio' ? 'x' : ` ${row.unit}`}`
  return `${isMet(row) === true ? 'met' : 'not met'}: ${bound}`
}

export function figure(value: number): string {
  if (!Number.isFinite(value)) return '?'
  return value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 })
}
