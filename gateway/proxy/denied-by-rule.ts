import type { RequestRule } from '../decisions/decision-result.ts'

/**
 * Whether a rule refuses this request. Rules forbid, so a second spelling of a path would be a way round them: both sides are compared decoded, in one case,
 * with repeated slashes as one; a rule for `/a` holds for `/a/`, and one for GET for HEAD.
 */
export function deniedByRule(rules: readonly RequestRule[], method: string, path: string): boolean {
  const asked = plainSpelling(path)
  return rules.some((rule) => coversMethod(rule.methods, method) && coversPath(rule.path, asked))
}

/** What some machines read as another path than the one before us: parameters within segments, and escapes to be decoded twice. */
export const ambiguousUnderRules = (path: string): boolean => /;|%3b|%25/i.test(path)

function coversMethod(methods: readonly string[], method: string): boolean {
  return methods.includes('*') || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

function coversPath(rule: string, asked: string): boolean {
  if (rule.endsWith('*')) return asked.startsWith(plainSpelling(rule.slice(0, -1)))
  return withoutLastSlash(asked) === withoutLastSlash(plainSpelling(rule))
}

/** Byte by byte, so that no invalid UTF-8 stops it. `canonicalPath` has refused what would change the path's segments here. */
function plainSpelling(path: string): string {
  return path
    .replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
    .replace(/\/+/g, '/')
    .toLowerCase()
}

const withoutLastSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
