/** What is used of a V8 CPU profile (`node --cpu-prof`; Chrome DevTools Protocol, Profiler.Profile). Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** One function as it was called from the one above, with all that it called itself. */
export interface Flame {
  readonly name: string
  /** Microseconds on the processor. */
  us: number
  readonly children: Map<string, Flame>
}

/** The program that a profile is of: the module that Node was started with, as far as it is one of these. */
const programs: readonly (readonly [string, string])[] = [
  ['/gateway-entry.ts', 'gateway'],
  ['/agent/main.ts', 'agent'],
  ['/tunnel-door-entry.ts', 'tunnel-listener'],
  ['/re-evaluation-entry.ts', 'gateway'],
  ['/decisions-entry.ts', 'decisions'],
  ['/replay-entry.ts', 'gateway'],
  ['/commands/forward-command.ts', 'command-line'],
]

export const programOf = ({ nodes }: CpuProfile): string | undefined =>
  programs.find(([module]) => nodes.some(({ callFrame }) => callFrame.url.endsWith(module)))?.[1]

/** Where the processor was while it was not idle, without the loading of modules. */
export function flameTree({ nodes, samples, timeDeltas }: CpuProfile): Flame {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const paths = new Map<number, readonly string[] | undefined>()
  const root: Flame = { name: 'all', us: 0, children: new Map() }
  const pathOf = (leaf: number): readonly string[] | undefined => {
    const path: string[] = []
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const node = byId.get(id)
      if (node === undefined) return undefined
      const { functionName, url } = node.callFrame
      if (functionName === '(idle)' || url.startsWith('node:internal/modules/')) return undefined
      if (functionName !== '(root)') path.push(nameOf(functionName, url))
    }
    return path.toReversed()
  }
  samples.forEach((leaf, at) => {
    if (!paths.has(leaf)) paths.set(leaf, pathOf(leaf))
    const path = paths.get(leaf)
    if (path === undefined) return
    const us = Math.max(0, timeDeltas[at] ?? 0)
    let flame = root
    flame.us += us
    for (const name of path) {
      let child = flame.children.get(name)
      if (child === undefined) flame.children.set(name, (child = { name, us: 0, children: new Map() }))
      child.us += us
      flame = child
    }
  })
  return root
}

/** Modules by their own names: a picture that is kept names no folder of a machine. */
function nameOf(functionName: string, url: string): string {
  const file = url.startsWith('node:') ? url : url.slice(url.lastIndexOf('/') + 1)
  return `${functionName === '' ? '(anonymous)' : functionName}${file === '' ? '' : ` ${file}`}`
}
