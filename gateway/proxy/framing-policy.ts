const policyNames = new Set(['content-security-policy', 'content-security-policy-report-only'])

/**
 * Who may have a machine's page in a frame: nobody but its bar, and pages of its own where the machine lets them. What the machine says of frames
 * (`X-Frame-Options`, HTML, section 7.6; `frame-ancestors`, CSP3, section 6.4.2) becomes exactly that; every other directive stays as it is written.
 *
 * @param raw flat pairs, lower-case names
 * @param bar origin of the bar; null: there is none, and what the machine says stays
 */
export function framingPolicy(raw: readonly string[], bar: string | null): string[] {
  const ours = ['content-security-policy', `frame-ancestors 'self'${bar === null ? '' : ` ${bar}`}`]
  // A second policy only makes the machine's own stricter (CSP3, section 8.1).
  if (bar === null) return [...raw, ...ours]
  const headers: string[] = []
  const frameOptions: string[] = []
  let isSaid = false
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at]!, raw[at + 1]!]
    if (name === 'x-frame-options') frameOptions.push(value)
    else if (policyNames.has(name)) {
      const policies = value.split(',').map((policy) => replaceAncestors(policy, bar))
      if (name === 'content-security-policy' && policies.some(({ found }) => found)) isSaid = true
      headers.push(name, policies.map(({ text }) => text).join(','))
    } else headers.push(name, value)
  }
  // Browsers read `X-Frame-Options` where no policy says anything of frames.
  if (!isSaid && isDenied(frameOptions)) headers.push('content-security-policy', `frame-ancestors ${bar}`)
  return [...headers, ...ours]
}

/** The first of a name counts (CSP3, section 2.2.1). */
function replaceAncestors(policy: string, bar: string): { readonly text: string; readonly found: boolean } {
  const directives = policy.split(';')
  const at = directives.findIndex((directive) => /^\s*frame-ancestors(?:\s|$)/i.test(directive))
  if (at === -1) return { text: policy, found: false }
  const sources = directives[at]!.trim().toLowerCase().split(/\s+/).slice(1)
  const replaced = ` frame-ancestors ${sources.some(includesItself) ? "'self' " : ''}${bar}`
  return { text: directives.with(at, at === 0 ? replaced.trimStart() : replaced).join(';'), found: true }
}

const includesItself = (source: string): boolean => ["'self'", '*', 'http:', 'https:'].includes(source)

/** Several that contradict each other deny; what is unknown, `ALLOW-FROM` too, says nothing. */
function isDenied(values: readonly string[]): boolean {
  const said = new Set(values.flatMap((value) => value.split(',')).map((value) => value.trim().toLowerCase()))
  if (said.size === 1) return said.has('deny')
  return ['deny', 'sameorigin', 'allowall'].some((known) => said.has(known))
}
