/** What the recorder needs of a page's policy. */
export interface PolicyNeeds {
  /** Exact addresses. */
  readonly script: string
  readonly socket: string
  /** A nonce that was never used before, for policies that take nothing else. */
  readonly newNonce: () => string
}

/** `sandboxed`: the page has no origin of its own, so nothing in it may speak to us. */
export type WidenedPolicies = { readonly headers: string[]; readonly nonce: string | undefined } | 'sandboxed'

interface Directive {
  readonly name: string
  readonly sources: readonly string[]
  readonly text: string
}

const header = 'content-security-policy'
const nonceSource = /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i
const isNone = (source: string): boolean => source.toLowerCase() === "'none'"

/**
 * Widens each policy of an answer (CSP3) by as little as lets the recorder run: the exact address of its script, or the page's own nonce, and the exact
 * address of its WebSocket. Policies that only report stay as they are.
 *
 * @param raw flat pairs, lower-case names
 */
export function widenPolicies(raw: readonly string[], needs: PolicyNeeds): WidenedPolicies {
  const policies = valuesOf(raw).flatMap((value) => value.split(',').map(parsePolicy))
  if (policies.some(isSandboxed)) return 'sandboxed'
  const strict = policies.map(scriptsOf).filter((scripts) => scripts !== undefined && isStrict(scripts))
  // Where host names count for nothing, one nonce must do for all policies.
  const nonce = strict.length === 0 ? undefined : (strict.map((scripts) => nonceOf(scripts!)).find(Boolean) ?? needs.newNonce())
  const headers: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const value = raw[at + 1]!
    headers.push(
      raw[at]!,
      raw[at] === header
        ? value
            .split(',')
            .map((policy) => widen(policy, needs, nonce))
            .join(',')
        : value,
    )
  }
  return { headers, nonce }
}

function widen(text: string, { script, socket }: PolicyNeeds, nonce: string | undefined): string {
  const policy = parsePolicy(text)
  const scripts = scriptsOf(policy)
  const added: string[] = []
  let widened = policy
  if (scripts !== undefined) {
    const wanted = isStrict(scripts) ? `'nonce-${nonce}'` : script
    widened = admit(widened, added, scripts, 'script-src-elem', wanted)
  }
  const connections = find(policy, 'connect-src') ?? find(policy, 'default-src')
  if (connections !== undefined) widened = admit(widened, added, connections, 'connect-src', socket)
  if (widened === policy && added.length === 0) return text
  return [...widened.map((directive) => directive.text), ...added].join('; ')
}

/** Adds a source to the directive that counts; where that is `default-src`, to a copy of it that is only for this. */
function admit(policy: readonly Directive[], added: string[], counts: Directive, name: string, source: string): readonly Directive[] {
  if (counts.sources.includes(source)) return policy
  const sources = [...counts.sources.filter((each) => !isNone(each)), source].join(' ')
  if (counts.name === 'default-src') {
    added.push(`${name} ${sources}`)
    return policy
  }
  return policy.map((directive) => (directive === counts ? { ...directive, text: `${directive.name} ${sources}` } : directive))
}

function parsePolicy(text: string): readonly Directive[] {
  return text
    .split(';')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '')
    .map((directive) => {
      const [name = '', ...sources] = directive.split(/[\t\n\f\r ]+/)
      return { name: name.toLowerCase(), sources, text: directive }
    })
}

/** The first of a name counts (section 2.2.1). */
const find = (policy: readonly Directive[], name: string): Directive | undefined => policy.find((directive) => directive.name === name)

/** Which directive says what a `<script src>` may be (section 6.8.3). */
const scriptsOf = (policy: readonly Directive[]): Directive | undefined =>
  find(policy, 'script-src-elem') ?? find(policy, 'script-src') ?? find(policy, 'default-src')

const isStrict = ({ sources }: Directive): boolean => sources.some((source) => source.toLowerCase() === "'strict-dynamic'")

const nonceOf = ({ sources }: Directive): string | undefined =>
  sources.map((source) => nonceSource.exec(source)?.[1]).find((nonce) => nonce !== undefined)

function isSandboxed(policy: readonly Directive[]): boolean {
  const sandbox = find(policy, 'sandbox')
  if (sandbox === undefined) return false
  const allowed = sandbox.sources.map((token) => token.toLowerCase())
  return !allowed.includes('allow-scripts') || !allowed.includes('allow-same-origin')
}

function valuesOf(raw: readonly string[]): string[] {
  const values: string[] = []
  for (let at = 0; at < raw.length; at += 2) if (raw[at] === header) values.push(raw[at + 1]!)
  return values
}
