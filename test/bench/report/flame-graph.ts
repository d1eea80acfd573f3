import type { Flame } from './flame-tree.ts'

const [width, rowHeight, top, letter] = [1_200, 17, 26, 6.2]
/** Narrower than this nothing can be read, and the file only grows. */
const leastShare = 0.003

/**
 * A flame graph (Brendan Gregg, "The Flame Graph", CACM 59(6), 2016) that stands still: callers below, what they called above them, as wide as its share of the
 * processor's time. What a colour is: our own code, a library, Node, V8 and the system. Each box names itself and its share when it is pointed at.
 */
export function flameGraph(title: string, root: Flame): string {
  const boxes: string[] = []
  let deepest = 0
  const draw = (flame: Flame, x: number, depth: number): void => {
    let left = x
    for (const child of [...flame.children.values()].toSorted((one, other) => other.us - one.us)) {
      const wide = (child.us / root.us) * width
      if (child.us / root.us >= leastShare) {
        deepest = Math.max(deepest, depth)
        boxes.push(boxOf(child, (child.us / root.us) * 100, { x: left, wide, depth }))
        draw(child, left, depth + 1)
      }
      left += wide
    }
  }
  draw(root, 0, 0)
  const height = top + (deepest + 1) * rowHeight + 4
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 11px ui-monospace, monospace; fill: #1f2328 } .title { font: 13px system-ui, sans-serif; fill: #57606a }
rect { stroke: #fff; stroke-width: .5 } .ours { fill: #7ee0a1 } .library { fill: #ffd27a } .node { fill: #9cc7ff } .native { fill: #d0d7de }
@media (prefers-color-scheme: dark) { .title { fill: #8d96a0 } rect { stroke: #0d1117 } }
</style>
<text class="title" x="0" y="14">${escaped(title)}; green: ours, yellow: libraries, blue: Node, grey: V8 and the system</text>
<g transform="translate(0 ${height - rowHeight - 2})">
${boxes.join('\n')}
</g>
</svg>
`
}

function boxOf(
  { name }: Flame,
  percent: number,
  { x, wide, depth }: { readonly x: number; readonly wide: number; readonly depth: number },
): string {
  const y = -depth * rowHeight
  const letters = Math.floor((wide - 4) / letter)
  const text = letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, letters))}</text>`
  const about = `${escaped(name)}: ${percent.toFixed(1)} %`
  return `<g><title>${about}</title><rect class="${kindOf(name)}" x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}"/>${text}</g>`
}

function kindOf(name: string): string {
  const file = name.slice(name.indexOf(' ') + 1)
  if (name.includes(' node:')) return 'node'
  if (file.endsWith('.ts')) return 'ours'
  return /\.[cm]?js$/.test(file) || name.startsWith('wasm') ? 'library' : 'native'
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
