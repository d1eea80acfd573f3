import { expect, it } from 'vitest'
import { flameGraph } from './flame-graph.ts'
import { flameTree, programOf, type CpuProfile } from './flame-tree.ts'

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 })
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 4, 7] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('import', 'node:internal/modules/esm/loader') },
    { id: 4, callFrame: frame('serve', 'file:///anywhere/test/bench/processes/gateway-entry.ts'), children: [5, 6] },
    { id: 5, callFrame: frame('write', 'node:net') },
    { id: 6, callFrame: frame('parse', 'file:///anywhere/node_modules/undici/lib/client-h1.js') },
    { id: 7, callFrame: frame('(garbage collector)') },
  ],
  samples: [2, 3, 4, 5, 5, 6, 7],
  timeDeltas: [900, 900, 10, 20, 30, 30, 10],
}

it('has every function under its caller with the time that it took, and neither waiting nor loading', () => {
  const root = flameTree(profile)
  expect(root.us).toBe(100)
  const serve = root.children.get('serve gateway-entry.ts')
  expect(serve?.us).toBe(90)
  expect([...(serve?.children.values() ?? [])].map(({ name, us }) => [name, us])).toEqual([
    ['write node:net', 50],
    ['parse client-h1.js', 30],
  ])
  expect(programOf(profile)).toBe('gateway')
})

it('draws each as wide as its share, the callee above its caller, and names no folder', () => {
  const svg = flameGraph('gateway', flameTree(profile))
  expect(svg).toContain('<title>write node:net: 50.0 %</title><rect class="node" x="0.0" y="-17" width="600.0"')
  expect(svg).toContain('<title>parse client-h1.js: 30.0 %</title><rect class="library" x="600.0" y="-17" width="360.0"')
  expect(svg).toContain('<title>serve gateway-entry.ts: 90.0 %</title><rect class="ours" x="0.0" y="0" width="1080.0"')
  expect(svg).not.toContain('anywhere')
})
