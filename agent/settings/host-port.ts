import { isIP, isIPv4 } from 'node:net'
import type { HostPort } from './agent-settings.ts'

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** `host:port` or `[v6]:port`; null when it is neither. Numbers that resolvers would read as addresses (`2130706433`, `0x7f.1`) are no hosts. */
export function parseHostPort(text: string): HostPort | null {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text)
  if (parts === null) return null
  const port = Number(parts[3])
  if (port < 1 || port > 65_535) return null
  const host = (parts[1] ?? parts[2]!).toLowerCase()
  if (parts[1] !== undefined ? isIP(host) !== 6 : !isIPv4(host) && (!hostName.test(host) || looksNumeric(host))) return null
  return { host, port }
}

/** Whether a host is this machine by any of its loopback spellings. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  if (isIPv4(bare)) return bare.startsWith('127.') || bare === '0.0.0.0'
  if (isIP(bare) !== 6) return false
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  // ::ffff:127.0.0.0/104 is written by URL as ::ffff:7fXX:...
  return canonical === '::1' || canonical === '::' || /^::ffff:(7f[0-9a-f]{2}:|0:0$)/.test(canonical)
}

/** `host:port` as it goes into a `Host` header. */
export function hostHeader(target: HostPort): string {
  return `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`
}

function looksNumeric(host: string): boolean {
  return /(^|\.)(0x[0-9a-f]*|\d+)$/i.test(host)
}
