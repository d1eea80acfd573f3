/** What a recorded page holds, as far as its words go: enough to say what somebody pressed. Recorded pages are hostile: everything has a bound. */
export interface PageNodes {
  /** `node` as `@rrweb/record` writes one, with all that is in it. */
  fill(node: unknown): void
  change(mutation: Record<string, unknown>): void
  get(id: number): PageNode | undefined
  /** The text in it, in one line; without that of `but`. */
  textOf(id: number, but?: number): string
  /** The label that names a field by its `id`. */
  labelFor(fieldId: string): string
}

export interface PageNode {
  readonly id: number
  /** Lower case; empty for text. */
  readonly tag: string
  readonly attributes: Record<string, unknown>
  text: string
  parent: number | null
  children: number[]
}

const mostNodes = 60_000
const mostText = 80
const mostVisited = 300
const unseen: ReadonlySet<string> = new Set(['script', 'noscript', 'style', 'template', 'head'])

export const createPageNodes = (): PageNodes => {
  let nodes = new Map<number, PageNode>()

  const index = (root: unknown, under: number | null): number | null => {
    const rest: { readonly value: unknown; readonly parent: number | null }[] = [{ value: root, parent: under }]
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      const { value, parent } = one
      if (!isMembers(value) || typeof value['id'] !== 'number' || nodes.size >= mostNodes) continue
      const node: PageNode = {
        id: value['id'],
        tag: typeof value['tagName'] === 'string' ? value['tagName'].toLowerCase() : '',
        attributes: isMembers(value['attributes']) ? { ...value['attributes'] } : {},
        text: typeof value['textContent'] === 'string' ? value['textContent'].slice(0, 200) : '',
        parent,
        children: [],
      }
      nodes.set(node.id, node)
      const children = listOf(value['childNodes'])
      node.children = children.map(({ id }) => id).filter((id) => typeof id === 'number')
      for (const child of children) rest.push({ value: child, parent: node.id })
    }
    return isMembers(root) && typeof root['id'] === 'number' ? root['id'] : null
  }
  const remove = (id: unknown): void => {
    if (typeof id !== 'number') return
    const parent = nodes.get(nodes.get(id)?.parent ?? -1)
    if (parent !== undefined) parent.children = parent.children.filter((one) => one !== id)
    const rest = [id]
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      rest.push(...(nodes.get(one)?.children ?? []))
      nodes.delete(one)
    }
  }
  const add = ({ parentId, nextId, node }: Members): void => {
    if (typeof parentId !== 'number') return
    const id = index(node, parentId)
    const parent = nodes.get(parentId)
    if (id === null || parent === undefined || parent.children.includes(id)) return
    const before = parent.children.indexOf(nextId as number)
    parent.children.splice(before === -1 ? parent.children.length : before, 0, id)
  }
  const textOf = (id: number, but?: number): string => {
    const words: string[] = []
    const rest = [id]
    let length = 0
    for (let visited = 0; rest.length > 0 && visited < mostVisited && length < mostText * 2; visited += 1) {
      const node = nodes.get(rest.pop() ?? -1)
      if (node === undefined || unseen.has(node.tag) || node.id === but) continue
      if (node.text !== '') words.push(node.text)
      length += node.text.length
      rest.push(...node.children.slice(0, mostVisited).toReversed())
    }
    return oneLine(words.join(' '))
  }
  return {
    fill: (node) => {
      nodes = new Map()
      index(node, null)
    },
    change: ({ removes, adds, texts, attributes }) => {
      for (const { id } of listOf(removes)) remove(id)
      for (const one of listOf(adds)) add(one)
      for (const { id, value } of listOf(texts)) {
        const node = nodes.get(id as number)
        if (node !== undefined && typeof value === 'string') node.text = value.slice(0, 200)
      }
      for (const { id, attributes: changed } of listOf(attributes)) {
        const node = nodes.get(id as number)
        if (node !== undefined && isMembers(changed)) Object.assign(node.attributes, changed)
      }
    },
    get: (id) => nodes.get(id),
    textOf,
    labelFor: (fieldId) => {
      for (const { id, tag, attributes } of nodes.values()) if (tag === 'label' && attributes['for'] === fieldId) return textOf(id)
      return ''
    },
  }
}

type Members = Record<string, unknown>

export const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  return line.length > mostText ? `${line.slice(0, mostText - 1).toWellFormed()}…` : line.toWellFormed()
}

export const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isMembers) : [])
