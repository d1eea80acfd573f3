import { networkInterfaces } from 'node:os'
import type { NetworkInterfaceInfo } from 'node:os'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { isLoopback } from '../../settings/host-port.ts'
import { failed, ok } from './finding.ts'
import type { Finding } from './finding.ts'

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** Whether this machine is in any network at all. */
export function checkNetwork({ tunnel }: AgentSettings['gateway'], interfaces: Interfaces = networkInterfaces()): Finding {
  const check = 'network'
  const addresses = Object.entries(interfaces).flatMap(([name, found = []]) =>
    // Addresses that lead no further than the next cable (RFC 3927; RFC 4291, section 2.5.6).
    found
      .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address))
      .map(({ address }) => `${address} (${name})`),
  )
  if (addresses.length > 0) return ok(check, `This machine has ${addresses.slice(0, 4).join(', ')}.`)
  if (tunnel.every(({ host }) => isLoopback(host))) return ok(check, 'This machine has no network, and its gateway is on itself.')
  return failed(
    check,
    'This machine has no address in any network.',
    'Plug in the cable, or look at the network settings (DHCP, ip address).',
  )
}
