import type { HostPort } from './agent-settings.ts'
import type { FieldReader } from './field-reader.ts'
import { hostHeader, parseHostPort } from './host-port.ts'
import { noHost } from './read-target.ts'

const mostAddresses = 8

/** One address, or several in the order in which they are tried. */
function readAddresses(
  fields: FieldReader,
  name: string,
  { parse, meaning }: { readonly parse: (text: string) => HostPort | null; readonly meaning: string },
): readonly HostPort[] {
  const value = fields.value(name)
  if (!Array.isArray(value)) {
    const text = fields.text(name)
    const address = text === '' ? noHost : parse(text)
    if (address === null) fields.problem(name, `must be ${meaning}`)
    return [address ?? noHost]
  }
  const addresses = value.map((one) => (typeof one === 'string' ? parse(one) : null))
  const good = addresses.filter((one) => one !== null)
  for (const [at, one] of addresses.entries()) if (one === null) fields.problem(`${name}[${at}]`, `must be ${meaning}`)
  if (value.length === 0 || value.length > mostAddresses) fields.problem(name, `must be one address or a list of 1 to ${mostAddresses}`)
  if (new Set(good.map(hostHeader)).size < good.length) fields.problem(name, 'must name each address once')
  return good.length === 0 ? [noHost] : good
}

/** `gateway.tunnel` */
export const readTunnel = (fields: FieldReader): readonly HostPort[] =>
  readAddresses(fields, 'tunnel', { parse: parseHostPort, meaning: '"host:port" with a port from 1 to 65535' })

/** `gateway.est` */
export const readEst = (fields: FieldReader): readonly HostPort[] =>
  readAddresses(fields, 'est', { parse: parseEst, meaning: '"https://host:port"' })

function parseEst(text: string): HostPort | null {
  const url = URL.parse(text)
  if (
    url === null ||
    url.protocol !== 'https:' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== ''
  )
    return null
  const bare = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  return { host: bare, port: url.port === '' ? 443 : Number(url.port) }
}
