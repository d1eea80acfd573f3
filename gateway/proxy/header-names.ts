/** RFC 9110, section 7.6.1, and the names that were used as if they were there: they speak of one connection, not of the request. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** No `_`, no `.`: machines behind CGI read `x_real_ip` and `x.real.ip` as `X-Real-IP` (security.md, E4). */
export const plainName = /^[a-z0-9][a-z0-9-]*$/

/** What no value may have: CR, LF, NUL and the other controls but tab. */
export const controls = /[\x00-\x08\x0a-\x1f\x7f]/

/** The names in every `Connection` header. */
export function namedByConnection(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.flatMap((value) => value.split(',').map((token) => token.trim().toLowerCase())))
}
