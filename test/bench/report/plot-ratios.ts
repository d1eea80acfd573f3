import { isMet, type Row } from '../measure/row.ts'

const [left, barHeight, gap, width, top] = [370, 18, 8, 900, 34]

/**
 * Bars of ours through each peer on a logarithmic scale, 1 in the middle, the better side always to the right; a tick where the goal is. Readable in light and
 * dark: colours of the text follow the reader's scheme.
 */
export function plotRatios(title: string, rows: readonly Row[]): string {
  const shown = rows.filter(
    (row): row is Row & { readonly ratio: number } => row.ratio !== null && Number.isFinite(row.ratio) && row.ratio > 0,
  )
  const better = ({ ratio, better: direction }: { readonly ratio: number; readonly better: Row['better'] }): number =>
    Math.log2(direction === 'higher' ? ratio : 1 / ratio)
  const reach = Math.max(1, ...shown.map((row) => Math.abs(better(row)))) * 1.1
  const plot = (width - left - 60) / 2
  const zero = left + plot
  const x = (value: number): number => zero + (Math.max(-reach, Math.min(reach, value)) / reach) * plot
  const bars = shown.map((row, at) => {
    const y = top + at * (barHeight + gap)
    const [from, to] = [Math.min(zero, x(better(row))), Math.max(zero, x(better(row)))]
    const goal = row.goal?.of === 'ratio' ? x(better({ ratio: row.goal.value, better: row.better })) : null
    const met = isMet(row)
    const colour = met === false ? 'bad' : better(row) >= 0 ? 'good' : 'less'
    return [
      `<text x="${left - 10}" y="${y + 13}" text-anchor="end">${escaped(`${row.metric} / ${row.peer}`)}</text>`,
      `<rect class="${colour}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(1, to - from).toFixed(1)}" height="${barHeight}" rx="2"/>`,
      ...(goal === null
        ? []
        : [`<line class="goal" x1="${goal.toFixed(1)}" x2="${goal.toFixed(1)}" y1="${y - 2}" y2="${y + barHeight + 2}"/>`]),
      `<text x="${width - 4}" y="${y + 13}" text-anchor="end">${row.ratio.toFixed(2)}x</text>`,
    ].join('\n')
  })
  const height = top + shown.length * (barHeight + gap) + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.good { fill: #2da44e } .less { fill: #8c959f } .bad { fill: #cf222e }
.goal { stroke: #24292f; stroke-width: 2 } .one { stroke: #8c959f; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .goal { stroke: #e6edf3 } }
</style>
<text x="${zero}" y="14" text-anchor="middle">as good as the peer; better to the right; | is the goal</text>
<line class="one" x1="${zero}" x2="${zero}" y1="${top - 8}" y2="${height - 4}"/>
${bars.join('\n')}
</svg>
`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
