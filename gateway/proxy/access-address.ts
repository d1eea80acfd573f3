import { isServiceName, type ServiceName } from '../basics/ids.ts'
import type { AccessSettings } from './access-settings.ts'

/** What the host name of an access origin says. */
export interface AccessHost {
  readonly service: ServiceName
  readonly label: string
}

/** How access origins are written and read: `<service>-<label>.<access domain>[:port]`, and beside each its bar's, `bar-<label>.<access domain>[:port]`. */
export interface AccessAddress {
  /** True for everything under the access domain, also what `parseHost` then refuses: no other part of the gateway may answer there. */
  handles(host: string | undefined): boolean
  /** Exactly one spelling is taken: lower case, no trailing dot, the public port (RFC 9110, section 7.2). `undefined` for all others. */
  parseHost(host: string | undefined): AccessHost | undefined
  hostOf(host: AccessHost): string
  originOf(host: AccessHost): string
  /** The label of a bar's host, spelt as strictly. */
  parseBarHost(host: string | undefined): string | undefined
  /** The bar around the page of the service with this label. */
  barOriginOf(label: string): string
}

const labelPattern = /^[a-z2-7]{26}$/
const barName = 'bar'
/** A machine may have a service of this name: it gives the bar's host way by one more dash, and so does each that this would meet. */
const besideBar = /^bar-*$/

export function createAccessAddress(settings: Pick<AccessSettings, 'accessDomain' | 'portalOrigin' | 'publicPort'>): AccessAddress {
  const scheme = new URL(settings.portalOrigin).protocol
  const defaultPort = scheme === 'https:' ? 443 : 80
  const port = settings.publicPort === defaultPort ? '' : `:${settings.publicPort}`
  const suffix = `.${settings.accessDomain}${port}`
  const hostOf = ({ service, label }: AccessHost): string => `${service}${besideBar.test(service) ? '-' : ''}-${label}${suffix}`
  const read = (host: string | undefined): { readonly name: string; readonly label: string } | undefined => {
    if (host === undefined || !host.endsWith(suffix)) return undefined
    const first = host.slice(0, -suffix.length)
    const dash = first.lastIndexOf('-')
    const label = first.slice(dash + 1)
    return labelPattern.test(label) ? { name: first.slice(0, Math.max(0, dash)), label } : undefined
  }
  return {
    handles(host) {
      const name = withoutLastDots((host ?? '').toLowerCase().replace(/:\d*$/, ''))
      return name === settings.accessDomain || name.endsWith(`.${settings.accessDomain}`)
    },
    parseHost(host) {
      const { name = barName, label = '' } = read(host) ?? {}
      if (name === barName) return undefined
      const service = besideBar.test(name) ? name.slice(0, -1) : name
      return isServiceName(service) ? { service, label } : undefined
    },
    parseBarHost(host) {
      const { name, label } = read(host) ?? {}
      return name === barName ? label : undefined
    },
    barOriginOf: (label) => `${scheme}//${barName}-${label}${suffix}`,
    hostOf,
    originOf: (host) => `${scheme}//${hostOf(host)}`,
  }
}

/** By hand: an expression that looks for dots at the end begins anew at each dot, and a host may have 32 KB of them. */
function withoutLastDots(name: string): string {
  let end = name.length
  while (name[end - 1] === '.') end -= 1
  return name.slice(0, end)
}
