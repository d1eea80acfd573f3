import type { PanelMirrorBatch } from '../../../agent/panel/panel-api.ts'
import { createPageNodes, isMembers, oneLine } from './page-nodes.ts'
import type { PageNode, PageNodes } from './page-nodes.ts'

/** What the technician did, as his browser told it. Typing in one field is one step that grows. */
export type Step = { readonly key: string; readonly at: number } & (
  | { readonly kind: 'opened'; readonly what: string }
  /** `what`: null for a place without a name. */
  | { readonly kind: 'clicked'; readonly what: string | null }
  /** `from`: null where nobody knows it. */
  | { readonly kind: 'changed'; readonly what: string; readonly from: string | null; readonly to: string }
  | { readonly kind: 'turned'; readonly what: string; readonly on: boolean }
)

/** Steps of one page, from its batches in order. A step whose key came before takes its place. */
export interface StepReader {
  read(batch: PanelMirrorBatch, title: string | null): Step[]
}

/** `EventType`, `IncrementalSource`, `MouseInteractions` of `@rrweb/types`. */
const fullSnapshot = 2
const incremental = 3
const meta = 4
const mutation = 0
const mouseInteraction = 2
const input = 5
const clicks: ReadonlySet<unknown> = new Set([2, 4])

const pressable: ReadonlySet<string> = new Set(['button', 'a', 'input', 'select', 'textarea', 'summary', 'option', 'label'])
const pressableRoles: ReadonlySet<unknown> = new Set('button link tab menuitem switch checkbox radio option treeitem'.split(' '))
const buttonTypes: ReadonlySet<unknown> = new Set(['button', 'submit', 'reset', 'image'])
const hidden = '••••'

export const createStepReader = (page: string): StepReader => {
  const nodes = createPageNodes()
  const values = new Map<number, string>()
  let opened: string | null = null
  let typing: { readonly id: number; readonly key: string; readonly from: string | null } | null = null
  let count = 0

  const nextKey = (): string => {
    count += 1
    return `${page} ${count}`
  }
  const click = (id: number, at: number): Step | null => {
    const target = pressedAt(nodes, id)
    // Choosing a field is no step; what is done to it comes as one of its own.
    if (target !== null && isField(target)) return null
    typing = null
    return { key: nextKey(), at, kind: 'clicked', what: target === null ? shortText(nodes, id) : nameOf(nodes, target) }
  }
  const type = (id: number, data: Record<string, unknown>, at: number): Step | null => {
    const node = nodes.get(id)
    if (node === undefined) return null
    const what = nameOf(nodes, node) ?? node.tag
    if (['checkbox', 'radio'].includes(String(node.attributes['type']))) {
      typing = null
      return { key: nextKey(), at, kind: 'turned', what, on: data['isChecked'] === true }
    }
    const to = shown(nodes, node, typeof data['text'] === 'string' ? data['text'] : '')
    if (typing?.id !== id) typing = { id, key: nextKey(), from: values.get(id) ?? firstValue(nodes, node) }
    values.set(id, to)
    // Of what is masked nobody can say whether it is another one: that something was typed is all there is to tell.
    const from = typing.from === hidden ? null : typing.from
    return from === to ? null : { key: typing.key, at, kind: 'changed', what, from, to }
  }
  const step = (event: unknown, at: number, title: string | null): Step | null => {
    if (!isMembers(event) || !isMembers(event['data'])) return null
    const { type: kind, data } = event
    if (kind === meta && typeof data['href'] === 'string' && data['href'] !== opened) {
      opened = data['href']
      return { key: nextKey(), at, kind: 'opened', what: oneLine(title === null || title === '' ? placeOf(opened) : title) }
    }
    if (kind === fullSnapshot) nodes.fill(data['node'])
    if (kind !== incremental) return null
    if (data['source'] === mutation) nodes.change(data)
    if (typeof data['id'] !== 'number') return null
    if (data['source'] === mouseInteraction && clicks.has(data['type'])) return click(data['id'], at)
    return data['source'] === input && data['userTriggered'] !== false ? type(data['id'], data, at) : null
  }
  return { read: ({ batch, at }, title) => batch.events.map((event) => step(event, at, title)).filter((one) => one !== null) }
}

/** What somebody means who presses there: the nearest thing around it that is made to be pressed. */
const pressedAt = (nodes: PageNodes, id: number): PageNode | null => {
  let node = nodes.get(id)
  for (let steps = 0; node !== undefined && steps < 8; steps += 1) {
    if (pressable.has(node.tag) || pressableRoles.has(node.attributes['role'])) return node
    node = nodes.get(node.parent ?? -1)
  }
  return null
}

const isField = ({ tag, attributes }: PageNode): boolean =>
  tag === 'select' || tag === 'textarea' || tag === 'label' || tag === 'option' || (tag === 'input' && !buttonTypes.has(attributes['type']))

const nameOf = (nodes: PageNodes, node: PageNode): string | null => {
  const { attributes, tag, id } = node
  const isButton = tag === 'input' && buttonTypes.has(attributes['type'])
  const around = tag === 'input' || tag === 'select' || tag === 'textarea' ? labelAround(nodes, node) : nodes.textOf(id)
  const label = typeof attributes['id'] === 'string' && attributes['id'] !== '' && !isButton ? nodes.labelFor(attributes['id']) : ''
  const found = [
    attributes['aria-label'],
    isButton ? attributes['value'] : null,
    label,
    around,
    ...['title', 'alt', 'placeholder', 'name', 'id'].map((name) => attributes[name]),
  ]
  const name = found.find((one) => typeof one === 'string' && one.trim() !== '')
  return typeof name === 'string' ? oneLine(name) : null
}

/** Without the words of the field itself: a list has its choices in it. */
const labelAround = (nodes: PageNodes, { id, parent }: PageNode): string => {
  let node = nodes.get(parent ?? -1)
  for (let steps = 0; node !== undefined && steps < 4; steps += 1) {
    if (node.tag === 'label') return nodes.textOf(node.id, id)
    node = nodes.get(node.parent ?? -1)
  }
  return ''
}

/** Of a place that is not made to be pressed, unless that would be half the page. */
const shortText = (nodes: PageNodes, id: number): string | null => {
  const text = nodes.textOf(id)
  return text === '' || text.endsWith('…') ? null : text
}

const firstValue = (nodes: PageNodes, node: PageNode): string | null => {
  const { value } = node.attributes
  if (typeof value === 'string') return shown(nodes, node, value)
  return null
}

/** A choice by its words; what the recorder masked as dots. */
const shown = (nodes: PageNodes, { tag, attributes, children }: PageNode, value: string): string => {
  if (attributes['type'] === 'password' || /^[*\u2022]+$/u.test(value)) return value === '' ? '' : hidden
  if (tag !== 'select') return oneLine(value)
  const option = children.find((id) => nodes.get(id)?.attributes['value'] === value)
  return option === undefined ? oneLine(value) : nodes.textOf(option) || oneLine(value)
}

const placeOf = (href: string): string => {
  const url = URL.parse(href)
  return url === null ? href : `${url.pathname}${url.search}`
}
