import type { IncomingMessage } from 'node:http'

/** The one page that others may show in a frame. */
export const stripPath = '/strip'

/**
 * Whether a request was made by somebody who means this panel: by one of its own names (no DNS rebinding), and not by another page of the
 * same browser. `frames`: also a frame that a page of the same site shows; who may is then for its `frame-ancestors` to say. Returns what is
 * wrong, or null.
 */
export function foreignness(
  { headers, rawHeaders, method, url }: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'method' | 'url'>,
  port: number,
  frames = false,
): 'host' | 'origin' | 'site' | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const { host, origin } = headers
  const hostFields = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
  if (host === undefined || hostFields !== 1 || !hosts.includes(host)) return 'host'
  if (origin !== undefined && origin !== `http://${host}`) return 'origin'
  // Which pages may hold it is in the answer's frame-ancestors; what the strip asks for is its own.
  if (method === 'GET' && url === stripPath && headers['sec-fetch-dest'] === 'iframe') return null
  const site = headers['sec-fetch-site']
  if (frames && site === 'same-site' && headers['sec-fetch-dest'] === 'iframe') return null
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'site'
  return null
}
