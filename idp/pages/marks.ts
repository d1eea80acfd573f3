import { html } from './html.ts'

/** The mark of the product: a gate in a wall. */
export const gateMark = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
  <path d="M2 21V6h3V3h3v3h3V3h2v3h3V3h3v3h3v15M2 21h20" stroke-linejoin="round" />
  <path d="M8 21v-6a4 4 0 0 1 8 0v6M12 11v10" />
</svg>`

export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#0b5cad" stroke-width="2"><path d="M2 21V6h3V3h3v3h3V3h2v3h3V3h3v3h3v15M2 21h20" stroke-linejoin="round"/><path d="M8 21v-6a4 4 0 0 1 8 0v6M12 11v10"/></svg>`

/** Icons of messages: a state is always colour, icon and word. */
export const messageIcons = {
  danger: html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v6m0 3.5v.5" stroke-linecap="round" />
  </svg>`,
  wait: html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
    <path d="M6 3h12M6 21h12M7 3v4l5 5 5-5V3M7 21v-4l5-5 5 5v4" stroke-linejoin="round" />
  </svg>`,
  ok: html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
    <circle cx="12" cy="12" r="9" />
    <path d="m8 12 3 3 5-6" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`,
} as const
