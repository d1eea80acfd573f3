/** What of a page's fields becomes dots before anything leaves the browser: every field, those that take free text, or secrets alone. */
export type MaskMode = 'all' | 'texts' | 'passwords'

/** What is not said, or not known, masks everything. */
export const maskModeOf = (said: string | null): MaskMode => (said === 'texts' || said === 'passwords' ? said : 'all')

/** For `@rrweb/record`. */
export interface Masking {
  readonly inputs: Record<string, true>
  readonly text: string | null
  readonly input: (text: string, element: HTMLElement) => string
  /** Somebody types there. The recorder hears of it when he leaves the field, and a page may have shown a copy by then. */
  readonly typed: (field: EventTarget | null | undefined) => void
  /** Changes the event: an empty field still has the value that its page gave it in an attribute, which the recorder forgets. */
  readonly leftovers: (event: object) => void
}

/** All of them are asked about, so that what a field is decides, not what the recorder takes it for. Boxes and radios have no secrets. */
const inputs: Record<string, true> = { input: true, select: true, textarea: true }
/** What is written in place, and the text between the tags of a `textarea`. */
const writtenText = 'textarea, [contenteditable]:not([contenteditable="false" i])'

const buttons = new Set(['button', 'checkbox', 'image', 'radio', 'reset', 'submit'])
/** They take what fits their kind, and show no more than the page around them does. */
const measured = new Set(['color', 'date', 'datetime-local', 'month', 'number', 'range', 'select-multiple', 'select-one', 'time', 'week'])
/** HTML, 4.10.18.7: what a browser fills in there is a secret. */
const secretPurpose = /(?:^|\s)(?:current-password|new-password|one-time-code|cc-\S+)(?:\s|$)/i
const leastKnown = 4
const mostKnown = 200
const dots = '\u2022'

/** Passwords, one-time codes, card numbers and hidden fields are masked in every mode, also where an "eye" has made a text of them. */
export function createMasking(mode: MaskMode): Masking {
  /** Fields that were secret once, what they are called, and what was in them: a page may put another field in their place. */
  const secretFields = new WeakSet<object>()
  const secretNames = new Set<string>()
  const secretValues = new Set<string>()

  const remember = (element: object, field: Field, text: string): void => {
    secretFields.add(element)
    for (const name of [field.name, field.id]) if (name !== '') addBounded(secretNames, name)
    if (text.length >= leastKnown) addBounded(secretValues, text)
  }
  const isSecret = (field: Field, text: string): boolean =>
    field.type === 'password' ||
    field.type === 'hidden' ||
    field.wasPassword ||
    secretPurpose.test(field.purpose) ||
    secretNames.has(field.name) ||
    secretNames.has(field.id) ||
    secretValues.has(text)
  const isMaskedKind = ({ tag, type }: Field): boolean => {
    if (mode === 'passwords') return false
    return mode === 'all' || (tag !== 'select' && !measured.has(type))
  }

  const input = (text: string, element: HTMLElement): string => {
    const field = fieldOf(element)
    if (text === '') return ''
    if (field.tag === 'input' && buttons.has(field.type)) return text
    const secret = secretFields.has(element) || isSecret(field, text) || isDrawnAsDots(element)
    // A hidden field is a secret of the page; others may well have its name.
    if (secret && field.type !== 'hidden') remember(element, field, text)
    // Of a password not even its length.
    if (secret) return dots.repeat(8)
    return isMaskedKind(field) ? dots.repeat(text.length) : text
  }
  const leftovers = (event: object): void => {
    const { data } = event as Recorded
    const below = ({ tagName, attributes, childNodes }: Drawn): void => {
      if (tagName === 'input' && attributes !== undefined) {
        const value = attributes['value']
        const field = drawnField(attributes)
        if (
          typeof value === 'string' &&
          !buttons.has(field.type) &&
          !/^\u2022*$/.test(value) &&
          (isSecret(field, value) || isMaskedKind(field))
        )
          attributes['value'] = dots.repeat(8)
      }
      for (const child of childNodes ?? []) below(child)
    }
    if (data.node !== undefined) below(data.node)
    for (const { node } of data.adds ?? []) below(node)
  }
  const typed: Masking['typed'] = (field) => {
    if (mode !== 'all' && field instanceof HTMLInputElement) input(field.value, field)
  }
  return { inputs, text: mode === 'passwords' ? null : writtenText, input, typed, leftovers }
}

interface Field {
  readonly tag: string
  /** Lower case, as a browser takes it: a kind that it does not know is `text`. */
  readonly type: string
  readonly purpose: string
  readonly name: string
  readonly id: string
  /** The recorder marks a field whose `type` was changed. */
  readonly wasPassword: boolean
}

function fieldOf(element: HTMLElement): Field {
  const of = (name: string): string => element.getAttribute(name) ?? ''
  return {
    tag: element.tagName.toLowerCase(),
    type: (element as HTMLInputElement).type?.toLowerCase() ?? 'text',
    purpose: of('autocomplete'),
    name: of('name'),
    id: of('id'),
    wasPassword: element.hasAttribute('data-rr-is-password'),
  }
}

function drawnField(attributes: Record<string, unknown>): Field {
  const of = (name: string): string => (typeof attributes[name] === 'string' ? attributes[name] : '')
  const type = of('type').toLowerCase()
  const isKnown = ['password', 'hidden'].includes(type) || buttons.has(type) || measured.has(type)
  return {
    tag: 'input',
    type: isKnown ? type : 'text',
    purpose: of('autocomplete'),
    name: of('name'),
    id: of('id'),
    wasPassword: attributes['data-rr-is-password'] !== undefined,
  }
}

/** A page that draws a text field as a password field (`-webkit-text-security`) means one. */
function isDrawnAsDots(element: HTMLElement): boolean {
  const style = getComputedStyle(element) as CSSStyleDeclaration & { webkitTextSecurity?: string }
  return style.webkitTextSecurity !== undefined && style.webkitTextSecurity !== '' && style.webkitTextSecurity !== 'none'
}

function addBounded(to: Set<string>, value: string): void {
  to.add(value)
  for (const oldest of to) {
    if (to.size <= mostKnown) return
    to.delete(oldest)
  }
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
