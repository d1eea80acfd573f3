/** Every kind of field that holds what somebody typed or was given; `hidden` too, where pages keep tokens. Buttons, boxes and radios have no secrets. */
export const maskedInputs = {
  color: true,
  date: true,
  'datetime-local': true,
  email: true,
  file: true,
  hidden: true,
  month: true,
  number: true,
  password: true,
  range: true,
  search: true,
  select: true,
  tel: true,
  text: true,
  textarea: true,
  time: true,
  url: true,
  week: true,
}

/** What is written in place, and the text between the tags of a `textarea`. */
export const maskedText = 'textarea, [contenteditable]:not([contenteditable="false" i])'

/** Of a password not even its length. The recorder marks fields that were one once (`data-rr-is-password`). */
export function maskInput(text: string, element: HTMLElement): string {
  if (text === '') return ''
  const isPassword = element.getAttribute('type')?.toLowerCase() === 'password' || element.hasAttribute('data-rr-is-password')
  return '\u2022'.repeat(isPassword ? 8 : text.length)
}

interface Drawn {
  readonly tagName?: string
  readonly attributes?: Record<string, unknown>
  readonly childNodes?: readonly Drawn[]
}
interface Recorded {
  readonly type: number
  readonly data: { readonly node?: Drawn; readonly adds?: readonly { readonly node: Drawn }[] }
}

/** An empty field still has the value that its page gave it in an attribute, which the recorder forgets. Changes the event. */
export function maskLeftovers(event: object): void {
  const { data } = event as Recorded
  if (data.node !== undefined) maskBelow(data.node)
  for (const { node } of data.adds ?? []) maskBelow(node)
}

function maskBelow({ tagName, attributes, childNodes }: Drawn): void {
  if (tagName === 'input' && attributes !== undefined && typeof attributes['value'] === 'string') {
    const type = typeof attributes['type'] === 'string' ? attributes['type'].toLowerCase() : 'text'
    // A kind that no browser knows is a text field.
    if (!unmasked.has(type) && !/^\u2022*$/.test(attributes['value'])) attributes['value'] = '\u2022'.repeat(8)
  }
  for (const child of childNodes ?? []) maskBelow(child)
}

const unmasked = new Set(['button', 'checkbox', 'image', 'radio', 'reset', 'submit'])
