import { refuse, type Refusal } from './refusal.ts'

/** The one spelling of a request's target: rules judge `path`, and `sent` is what the machine receives. */
export interface CanonicalPath {
  readonly path: string
  /** Path and query, untouched. */
  readonly sent: string
  /** The first segment that is not empty is `.sallyport`, in any case: ours, never the machine's. */
  readonly reserved: boolean
}

/** Visible ASCII but `#`; browsers escape everything else. */
const targetPattern = /^\/[\x21\x22\x24-\x7e]*$/
/** What decoders disagree on: escaped dot, slash, backslash, controls, and escapes that are none. */
const ambiguousEscape = /%(?:2e|2f|5c|[01][0-9a-f]|7f|(?![0-9a-f]{2}))/i
const dotSegment = /(?:^|\/)\.{1,2}(?:\/|$)/

/**
 * Takes an origin-form target, or an absolute-form one that names `origin` itself (RFC 9112, section 3.2). It never repairs: a target that two
 * readers could read in two ways is refused, so that policy and machine cannot disagree (security.md, E3).
 */
export function canonicalPath(target: string, options: { readonly origin: string; readonly maxBytes: number }): CanonicalPath | Refusal {
  if (target.length > options.maxBytes + options.origin.length) return refuse('bad_request', 'target_too_long', { status: 414 })
  const sent = originForm(target, options.origin)
  if (sent === undefined) return refuse('bad_request', 'target_not_this_origin')
  if (sent.length > options.maxBytes) return refuse('bad_request', 'target_too_long', { status: 414 })
  if (!targetPattern.test(sent)) return refuse('bad_request', 'target_characters')
  const question = sent.indexOf('?')
  const path = question === -1 ? sent : sent.slice(0, question)
  if (path.includes('\\') || ambiguousEscape.test(path) || dotSegment.test(path)) return refuse('bad_request', 'path_ambiguous')
  return { path, sent, reserved: /^\/+\.sallyport(?:[/;]|$)/i.test(path) }
}

function originForm(target: string, origin: string): string | undefined {
  if (target.startsWith('/')) return target
  if (!target.startsWith(origin)) return undefined
  const rest = target.slice(origin.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : undefined
}
