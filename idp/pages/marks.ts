import { html } from './html.ts'

/** The mark of the product: a gate in a wall. */
export const gateMark = html`<svg
  viewBox="0 0 32 32"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  stroke-linejoin="round"
  aria-hidden="true"
>
  <path d="M3 28V7h4v3h4V7h3v3h4V7h3v3h4V7h4v21" />
  <path d="M2 28h28" stroke-linecap="round" />
  <path d="M10 28v-7a6 6 0 0 1 12 0v7" />
  <path d="M13.5 16v12M16 15v13M18.5 16v12M10.5 20h11M10.2 24h11.6" stroke-width="1.6" />
</svg>`

export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0B5CAD"/><path d="M5 26V9h3v3h3V9h3v3h4V9h3v3h3V9h3v17h-6v-6a5 5 0 0 0-10 0v6z" fill="#fff"/><path d="M13 26v-6a3 3 0 0 1 6 0v6" fill="none" stroke="#fff" stroke-width="1.6"/></svg>`

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
