/** Text that is HTML already. Only `html` makes it. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | null | undefined | false | readonly Html[]

/** A template in which every value that is not `Html` itself is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((text, string, index) => text + render(parts[index - 1]) + string) }
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  if (Array.isArray(part)) return part.map((one: Html) => one.markup).join('')
  return (part as Html).markup
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] as string)
