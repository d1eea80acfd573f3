import { BlockList, isIP, isIPv4 } from 'node:net'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { AgentSettings, EnvironmentProxy, HostPort, ProxySettings } from './agent-settings.ts'
import { isLoopback, parseHostPort } from './host-port.ts'

/** The proxy that leads to this target, null where none is asked. What `agent.json` says holds for every target. */
export function proxyFor(
  { proxy, environmentProxy }: Pick<AgentSettings['gateway'], 'proxy' | 'environmentProxy'>,
  target: HostPort,
): ProxySettings | null {
  if (proxy !== null) return proxy
  if (environmentProxy === null || isLoopback(target.host)) return null
  return environmentProxy.except.some((rule) => covers(rule, target)) ? null : environmentProxy.proxy
}

/** The variables in the spelling of curl: lower case before upper case. Problems have the variable's name as path, and never its value: it may hold a password. */
export function readEnvironmentProxy(environment: NodeJS.ProcessEnv, problems: FieldProblem[]): EnvironmentProxy | null {
  const read = (name: string): readonly [string, string] => {
    const named = environment[name.toLowerCase()] === undefined ? name : name.toLowerCase()
    return [named, (environment[named] ?? '').trim()]
  }
  const [name, text] = read('HTTPS_PROXY')
  if (text === '') return null
  const proxy = readProxyUrl(text)
  if (proxy === null) {
    const message =
      'must be "http://host:port" or "http://user:password@host:port", or be unset; gateway.proxy in agent.json comes before it'
    problems.push({ path: `${name} (environment)`, message })
    return null
  }
  return {
    proxy,
    except: read('NO_PROXY')[1]
      .split(/[\s,]+/)
      .filter((rule) => rule !== ''),
  }
}

function readProxyUrl(text: string): ProxySettings | null {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url === null || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.hash !== '') return null
  const address = parseHostPort(`${url.hostname}:${url.port === '' ? 80 : url.port}`)
  if (address === null) return null
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    // A colon would end the name (RFC 7617, section 2).
    if (/[:\r\n]/.test(user) || /[\r\n]/.test(password)) return null
    return { address, user: user === '' ? null : user, password: user === '' ? null : { text: password } }
  } catch {
    return null
  }
}

/** `*`, `host`, `.domain`, `*.domain`, each with `:port` or without; an address, or a network like `10.0.0.0/8`. A name covers what lies below it. */
function covers(rule: string, { host, port }: HostPort): boolean {
  if (rule === '*') return true
  const network = /^(.+)\/(\d{1,3})$/.exec(rule)
  if (network !== null) return isInNetwork(network[1]!, Number(network[2]), host)
  const [, named, at] = /^(\[[^\]]+\]|[^:]+|[0-9a-f:.]+)(?::(\d{1,5}))?$/i.exec(rule) ?? []
  if (named === undefined || (at !== undefined && Number(at) !== port)) return false
  const bare = named.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(bare) !== 0 || isIP(host) !== 0) return bare === host
  const name = bare.replace(/^\*?\./, '')
  return host === name || host.endsWith(`.${name}`)
}

function isInNetwork(network: string, bits: number, host: string): boolean {
  const family = isIPv4(network) ? 'ipv4' : 'ipv6'
  if (isIP(network) === 0 || isIP(host) !== isIP(network) || bits > (family === 'ipv4' ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return list.check(host, family)
}
