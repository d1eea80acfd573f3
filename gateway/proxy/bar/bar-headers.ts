/** Of every answer on a bar's origin, as the portal's has them. */
export const barHeaders = (secure: boolean): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // Its own requests name it; nobody else is told.
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
})

/**
 * Of its page: it may show the machine's page and nothing else in its frame, and nobody may show it. Windows that the machine's page opens keep what they know
 * of it; the portal, which opened this one, is out of reach. What the machine's page may do beyond its frame is not given to it
 * (`fullscreen`, `picture-in-picture`): it would cover the bar.
 *
 * @param page origin of the machine's page
 */
export const barPageHeaders = (page: string): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    `frame-src ${page}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    `form-action 'self' ${page}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'permissions-policy':
    'fullscreen=(), picture-in-picture=(), camera=(), microphone=(), geolocation=(), display-capture=(), publickey-credentials-get=()',
})
