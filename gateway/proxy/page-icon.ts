import type { RefusalKind } from './refusal.ts'

const wall = '<path d="M3 37V9h4V5h5v4h5V5h6v4h5V5h5v4h4v28"/><path d="M12 37V24a8 8 0 0 1 16 0v13"/>'
const drawings = {
  /** A closed gate: the mark of the product. */
  closed: `${wall}<path d="M12 27h16M12 32h16M17 17v20M23 17v20"/>`,
  plug: '<path d="M14 5v9M26 5v9M9 14h22v6a11 11 0 0 1-22 0zM20 31v6M5 5l30 30"/>',
  question: `${wall}<path d="M20 22v7M20 33v1"/>`,
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
  too_many: 'stop',
  not_found: 'question',
  unavailable: 'question',
}

/** Decoration: the word beside it says the same. */
export function pageIcon(kind: RefusalKind): string {
  return `<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawings[drawingOf[kind]]}</svg>`
}
