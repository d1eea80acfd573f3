/** One text for the same value; `undefined` where a call has none. A set (`{"set": true, "v": […]}`) has no order in JSON, nor have the members of an object. */
export function canonicalAnswer(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return scalar(answer)
  const { set, v } = answer as { readonly set?: boolean; readonly v?: unknown }
  if (set === true && Array.isArray(v)) return `set ${JSON.stringify(v.map((item) => ordered(item)).toSorted())}`
  return ordered(set === false ? v : answer)
}

const scalar = (value: unknown): string => (value === undefined ? 'undefined' : JSON.stringify(value))

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(',')}]`
  if (typeof value !== 'object' || value === null) return scalar(value)
  return `{${Object.entries(value)
    .toSorted(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${ordered(member)}`)
    .join(',')}}`
}
