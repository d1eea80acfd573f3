import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout, message, portalLink } from './layout.ts'
import type { ErrorKind } from './words.ts'

/** `id` is what stands in the log; `code` is a stable word of the protocol. */
export interface ErrorDetails {
  readonly kind: ErrorKind
  readonly code: string
  readonly id: string
}

export function errorPage(frame: PageFrame, { kind, code, id }: ErrorDetails): string {
  const { errors } = frame.words
  return layout(
    frame,
    errors[kind].title,
    html`<h1>${errors[kind].title}</h1>
      ${message(kind === 'expired' || kind === 'not_found' ? 'wait' : 'danger', errors[kind].text, errors.retry)} ${portalLink(frame)}
      <dl>
        <dt>${errors.code}</dt>
        <dd>${code}</dd>
        <dt>${errors.id}</dt>
        <dd>${id}</dd>
      </dl>`,
  )
}
