import type { Annotation, BodyOutline, ModuleOutline, RawRef, RuleOutline } from './module-outline.ts'

type Node = Readonly<Record<string, unknown>>

/** An outline from the JSON of `opa parse --json-include locations`. Members that it does not know are passed over. */
export function readModule(path: string, ast: unknown): ModuleOutline {
  const module = asNode(ast)
  return {
    path,
    package: asList(asNode(module['package'])['path']).map((term) => String(asNode(term)['value'])),
    imports: asList(module['imports']).flatMap(readImport),
    rules: asList(module['rules']).map((rule) => readRule(asNode(rule))),
  }
}

function readImport(value: unknown): ModuleOutline['imports'] {
  const found = asNode(value)
  const path = asList(asNode(found['path'])['value']).map((term) => String(asNode(term)['value']))
  const name = typeof found['alias'] === 'string' ? found['alias'] : path.at(-1)
  return name === undefined ? [] : [{ path, name }]
}

function readRule(rule: Node): RuleOutline {
  const head = asNode(rule['head'])
  const place = placeOf(head['location'] === undefined ? rule : head)
  const args = head['args'] === undefined ? null : asList(head['args']).map((term) => argument(asNode(term)))
  const found: Found = { reads: [], bodies: [] }
  collect({ ...rule, annotations: undefined, head: { ...head, ref: undefined, name: undefined } }, found)
  // A name with a variable in it reads what the variable is.
  for (const part of asList(head['ref']).slice(1)) collect(part, found)
  return {
    name: nameOf(head),
    line: place.line,
    column: place.column,
    isDefault: rule['default'] === true,
    isSet: head['key'] !== undefined && head['value'] === undefined,
    args,
    annotations: asList(rule['annotations']).map((annotation) => annotation as Annotation),
    reads: found.reads,
    codes: codesOf(asNode(head['key'] ?? head['value'])),
    adds: added(asNode(head['key'])),
    bodies: found.bodies,
  }
}

function nameOf(head: Node): string[] {
  const parts = asList(head['ref']).map(asNode)
  if (parts.length === 0) return [String(head['name'])]
  const end = parts.findIndex((part, index) => index > 0 && part['type'] !== 'string')
  return parts.slice(0, end === -1 ? undefined : end).map((part) => String(part['value']))
}

const argument = (term: Node): string =>
  term['type'] === 'var' ? String(term['value']).replace(/^\$\d+$/, '_') : `(${String(term['type'])})`

/** Of `denials contains {"code": "x"}`, of `missing contains "x"`, and of a constant that such a rule adds. */
function codesOf(key: Node): RuleOutline['codes'] {
  if (key['type'] === 'string') return [{ code: String(key['value']), ...placeOf(key) }]
  if (key['type'] !== 'object') return []
  return asList(key['value']).flatMap((pair) => {
    const [name, value] = asList(pair).map(asNode)
    if (name?.['value'] !== 'code' || value?.['type'] !== 'string') return []
    return [{ code: String(value['value']), ...placeOf(value) }]
  })
}

/** A variable, or the function whose answer it is. */
function added(key: Node): string | null {
  const [called] = key['type'] === 'call' ? asList(key['value']).map(asNode) : [key]
  return called === undefined ? null : (refOf(called)?.head ?? null)
}

interface Found {
  readonly reads: RawRef[]
  readonly bodies: BodyOutline[]
}

function collect(value: unknown, found: Found): void {
  if (Array.isArray(value)) {
    for (const inner of value) collect(inner, found)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const node = value as Node
  const ref = refOf(node)
  if (ref !== null) found.reads.push(ref)
  const body = node['body']
  if (Array.isArray(body)) found.bodies.push(bodyOf(body))
  // What a reference begins with is in it already.
  const inner =
    node['type'] === 'ref'
      ? [asList(node['value']).slice(1)]
      : Object.entries(node).flatMap(([name, one]) => (name === 'location' ? [] : [one]))
  for (const one of inner) collect(one, found)
}

function refOf(node: Node): RawRef | null {
  const place = placeOf(node)
  if (node['type'] === 'var') return { head: String(node['value']), parts: [], variables: [], ...place }
  if (node['type'] !== 'ref') return null
  const [head, ...rest] = asList(node['value']).map(asNode)
  if (head === undefined || head['type'] !== 'var') return null
  const parts = rest.map((part) => (part['type'] === 'string' ? String(part['value']) : null))
  const variables = rest.filter((part) => part['type'] === 'var').map((part) => String(part['value']))
  return { head: String(head['value']), parts, variables, ...placeOf(head['location'] === undefined ? node : head) }
}

function bodyOf(expressions: readonly unknown[]): BodyOutline {
  const iterations: BodyOutline['iterations'][number][] = []
  const comparisons: BodyOutline['comparisons'][number][] = []
  const named = new Map<string, RawRef>()
  const declared = new Set<string>()
  const unified = new Set<string>()
  const { reads } = readsOf(expressions)
  for (const { terms } of expressions.map(asNode) as { terms?: unknown }[]) {
    if (Array.isArray(terms)) {
      const [operator, ...operands] = terms.map(asNode)
      if (isCallOf(operator, ['assign', 'eq'])) nameRef(operands, named)
      if (isCallOf(operator, ['eq'])) for (const operand of operands) unified.add(variable(operand) ?? '')
      if (isCallOf(operator, ['equal', 'eq'])) comparisons.push(...comparisonOf(operands))
      continue
    }
    for (const symbol of asList(asNode(terms)['symbols']).map(asNode)) {
      if (symbol['type'] === 'var') declared.add(String(symbol['value']))
      const [operator, ...operands] = asList(symbol['value']).map(asNode)
      const source = refOf(operands.at(-1) ?? {})
      if (!isCallOf(operator, ['internal.member_2', 'internal.member_3']) || source === null) continue
      const [first, second] = operands.length === 3 ? operands : [undefined, ...operands]
      iterations.push({ key: variable(first), value: variable(second), source: withoutName(source, named) })
    }
  }
  const free = [...declared].filter((name) => !unified.has(name))
  for (const [value, ref] of named) {
    const key = ref.variables.at(-1)
    if (key === undefined || ref.parts.at(-1) !== null || !(free.includes(key) || key.startsWith('$'))) continue
    iterations.push({ key, value, source: { ...ref, parts: ref.parts.slice(0, -1), variables: ref.variables.slice(0, -1) } })
  }
  return { iterations, comparisons, free, reads }
}

function readsOf(expressions: readonly unknown[]): Found {
  const found: Found = { reads: [], bodies: [] }
  collect(expressions, found)
  return found
}

/** `people := data.people` */
function nameRef([left, right]: readonly Node[], named: Map<string, RawRef>): void {
  const name = variable(left)
  const ref = right === undefined ? null : refOf(right)
  if (name !== null && ref !== null) named.set(name, ref)
}

function withoutName(ref: RawRef, named: ReadonlyMap<string, RawRef>): RawRef {
  const whole = named.get(ref.head)
  if (whole === undefined) return ref
  return { ...ref, head: whole.head, parts: [...whole.parts, ...ref.parts], variables: [...whole.variables, ...ref.variables] }
}

function comparisonOf(operands: readonly Node[]): BodyOutline['comparisons'] {
  const [left, right] = operands
  if (left === undefined || right === undefined) return []
  const [a, b] = [refOf(left), refOf(right)]
  const constant = (term: Node): boolean => ['string', 'number', 'boolean', 'null'].includes(String(term['type']))
  if (a !== null && (b !== null || constant(right))) return [[a, b]]
  if (b !== null && constant(left)) return [[b, null]]
  return []
}

const variable = (term: Node | undefined): string | null => (term?.['type'] === 'var' ? String(term['value']) : null)

function isCallOf(operator: Node | undefined, names: readonly string[]): boolean {
  if (operator?.['type'] !== 'ref') return false
  return names.includes(
    asList(operator['value'])
      .map((part) => String(asNode(part)['value']))
      .join('.'),
  )
}

function placeOf(node: Node): { line: number; column: number } {
  const { row, col } = asNode(node['location'])
  return { line: typeof row === 'number' ? row : 1, column: typeof col === 'number' ? col : 1 }
}

const asNode = (value: unknown): Node => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {})
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
