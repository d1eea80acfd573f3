import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vite'
import { countBranch } from './branch-counts.ts'

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** What was counted: the number of branches, for the share that was reached. */
export interface Counted {
  branches: number
}

/** From now on, these files of ours count their branches when they are loaded. */
export function countBranches(files: ReadonlySet<string>): Counted {
  globalThis.sallyportBranch = countBranch
  const counted = { branches: 0 }
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('file:') || !files.has(fileURLToPath(url))) return next(url, context)
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
      return { format: 'module', shortCircuit: true, source: withCounts(source, () => counted.branches++) }
    },
  })
  return counted
}

/** The source with a count at the beginning of each block, and in each part of an expression that may be left out. */
function withCounts(source: string, next: () => number): string {
  const before = new Map<number, string>()
  const after = new Map<number, string>()
  const count = (): string => `sallyportBranch(${next()})`
  const insert = (at: number, text: string): void => void before.set(at, (before.get(at) ?? '') + text)
  const close = (at: number, text: string): void => void after.set(at, text + (after.get(at) ?? ''))
  const expression = (node: Node): void => {
    insert(node.start, `(${count()},`)
    close(node.end, ')')
  }
  const statement = (node: Node): void => {
    if (node.type === 'BlockStatement') return
    insert(node.start, `{${count()};`)
    close(node.end, '}')
  }
  walk(parseAst(source) as unknown as Node, (node) => {
    const parts = (...names: readonly string[]): Node[] => names.map((name) => node[name]).filter(isNode)
    if (node.type === 'BlockStatement') insert(node.start + 1, `${count()};`)
    else if (node.type === 'ArrowFunctionExpression' && node['expression'] === true) parts('body').forEach(expression)
    else if (node.type === 'ConditionalExpression') parts('consequent', 'alternate').forEach(expression)
    else if (node.type === 'LogicalExpression') parts('right').forEach(expression)
    else if (node.type === 'IfStatement') parts('consequent', 'alternate').forEach(statement)
    else if (/^(?:For|While|DoWhile)/.test(node.type)) parts('body').forEach(statement)
  })
  let text = ''
  for (let at = 0; at <= source.length; at += 1) text += (after.get(at) ?? '') + (before.get(at) ?? '') + (source[at] ?? '')
  return text
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const member of Object.values(node))
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) walk(child, visit)
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string'
