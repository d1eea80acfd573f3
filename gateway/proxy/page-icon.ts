import type { RefusalKind } from './refusal.ts'

/** The mark of the product as the portal draws it. */
const wall =
  '<g transform="scale(1.25)" stroke-width="2"><path d="M3 28V7h4v3h4V7h3v3h4V7h3v3h4V7h4v21M2 28h28"/><path d="M10 28v-7a6 6 0 0 1 12 0v7"/></g>'
const drawings = {
  closed: `${wall}<g transform="scale(1.25)" stroke-width="1.6"><path d="M13.5 16v12M16 15v13M18.5 16v12M10.5 20h11M10.2 24h11.6"/></g>`,
  plug: '<path d="M14 5v9M26 5v9M9 14h22v6a11 11 0 0 1-22 0zM20 31v6M5 5l30 30"/>',
  question: `${wall}<path d="M20 22v6M20 32v.5"/>`,
  stop: '<circle cx="20" cy="20" r="15"/><path d="M10 30 30 10"/>',
}
const drawingOf: Readonly<Record<RefusalKind, keyof typeof drawings>> = {
  not_yours: 'closed',
  session_over: 'closed',
  not_open: 'closed',
  machine_offline: 'plug',
  service_not_answering: 'question',
  bad_request: 'stop',
  not_allowed: 'stop',
  view_only: 'stop',
  unrecorded: 'stop',
  too_many: 'stop',
  not_found: 'question',
  unavailable: 'question',
}

/** Decoration: the word beside it says the same. */
export function pageIcon(kind: RefusalKind): string {
  return `<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawings[drawingOf[kind]]}</svg>`
}
