import { canonicalPath } from '../../../../gateway/proxy/canonical-path.ts'
import { isRefusal } from '../../../../gateway/proxy/refusal.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

const origin = 'https://hmi-abcdefghijklmnopqrstuvwxyz.machines.example.net'
const options = { origin, maxBytes: 8 * 1024 }

/** Segments as a server sees them that decodes once and then resolves dots: the reader that traversal is meant for. */
function decoded(path: string): string[] {
  return decodeURIComponent(path.replaceAll(/%(?![0-7])[0-9a-f]{2}/gi, 'x')).split('/')
}

/** security.md, E3; RFC 3986, section 6: what policy judges is what is sent, and no reader makes another path of it. */
export const target: FuzzTarget = {
  name: 'canonical-path',
  covers: ['gateway/proxy/canonical-path.ts'],
  mostBytes: 32 * 1024,
  seeds: ['/a/b.c?x=%2e', `${origin}/x?y`, '/.sallyport/enter', '//a;b/%20/%C3%A4/%252e', '/a/..;/b', `${origin}?q`],
  words: ['%2e', '%2f', '%5c', '/../', '/./', '..;', '%25', '/.sallyport', '%00', '#', origin],
  attempt(bytes) {
    const judged = canonicalPath(bytes.toString('latin1'), options)
    if (isRefusal(judged)) return
    const { path, sent } = judged
    holds(sent === path || sent.startsWith(`${path}?`), 'policy judges another path than is sent')
    const again = canonicalPath(sent, options)
    holds(JSON.stringify(again) === JSON.stringify(judged), 'the canonical form of a canonical path is another')
    const segments = decoded(path)
    holds(!segments.includes('..') && !segments.includes('.'), 'decoded it has a segment of dots')
    holds(segments.length === path.split('/').length, 'decoded it has other segments')
    // URL escapes what it does not like, and must not resolve anything away.
    const url = URL.parse(origin + sent)
    holds(url !== null && url.origin === origin && url.hash === '', 'URL sees another origin')
    holds(url?.pathname.split('/').length === path.split('/').length, 'URL sees other segments')
  },
}
