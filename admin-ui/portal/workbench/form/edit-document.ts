import { spansOf } from './json-spans.ts'
import type { JsonSpan } from './json-spans.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Members = Readonly<Record<string, Json>>

const isMembers = (value: Json | undefined): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The document of a data file, or null where it is no JSON. */
export const readDocument = (text: string): Json | null => {
  try {
    const value = JSON.parse(text) as Json
    return isMembers(value) ? value : null
  } catch {
    return null
  }
}

export const valueAt = (document: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((here, name) => (isMembers(here) && Object.hasOwn(here, name) ? here[name] : undefined), document)

/** The members at `path`; none where there are none. */
export const membersAt = (document: Json | undefined, path: readonly string[]): Members => {
  const found = valueAt(document, path)
  return isMembers(found) ? found : {}
}

/** On one line, as people write small things. */
const inline = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isMembers(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

const indentAt = (text: string, at: number): string => /^[\t ]*/u.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))?.[0] ?? ''

/**
 * The same text with `value` at `path`; undefined takes the member away. Everything around it keeps its lines, so that a reviewer sees
 * only what was meant. `text` must be an object of JSON.
 */
export const writeValue = (text: string, path: readonly string[], value: Json | undefined): string => {
  let here = spansOf(text)
  for (const [depth, name] of path.entries()) {
    const member = here.members.find((one) => one.name === name)
    if (member === undefined || (depth < path.length - 1 && !member.value.isObject)) {
      return value === undefined ? text : added(text, here, path.slice(depth), value)
    }
    if (depth === path.length - 1 && value === undefined) return removed(text, here, name)
    here = member.value
  }
  return text.slice(0, here.from) + inline(value ?? null) + text.slice(here.to)
}

const added = (text: string, object: JsonSpan, [name = '', ...rest]: readonly string[], value: Json): string => {
  const whole = rest.reduceRight<Json>((inner, step) => ({ [step]: inner }), value)
  const member = `${JSON.stringify(name)}: ${inline(whole)}`
  const last = object.members.at(-1)
  if (last === undefined) {
    const indent = indentAt(text, object.from)
    return `${text.slice(0, object.from)}{\n${indent}  ${member}\n${indent}}${text.slice(object.to)}`
  }
  const own = text.slice(object.from, last.from).includes('\n')
  const gap = own ? `,\n${indentAt(text, last.from)}` : ', '
  return text.slice(0, last.value.to) + gap + member + text.slice(last.value.to)
}

const removed = (text: string, object: JsonSpan, name: string): string => {
  const index = object.members.findIndex((member) => member.name === name)
  const [before, member, after] = [object.members[index - 1], object.members[index], object.members[index + 1]]
  if (member === undefined) return text
  if (before === undefined && after === undefined) return `${text.slice(0, object.from)}{}${text.slice(object.to)}`
  return after === undefined
    ? text.slice(0, before?.value.to) + text.slice(member.value.to)
    : text.slice(0, member.from) + text.slice(after.from)
}
