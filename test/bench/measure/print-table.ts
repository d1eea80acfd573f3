import { ratioOf, type Row } from './row.ts'

const headings = ['benchmark', 'figure', 'ours', 'peer', '', 'ours/peer', 'better is']

/** The table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [headings, ...rows.map(cellsOf)]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const right = new Set([2, 4, 5])
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return cells.map(line).join('\n')
}

function cellsOf(row: Row): string[] {
  const ratio = ratioOf(row)
  return [
    row.benchmark,
    row.what,
    figure(row.ours),
    row.peer?.name ?? '-',
    row.peer === null ? '' : figure(row.peer.value),
    ratio === null ? '' : `${ratio.toFixed(2)}x`,
    row.better,
  ]
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '?'
  return value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 })
}
