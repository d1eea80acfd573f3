import { laneAlpn, tunnelAlpn } from '../agent/wire/agent-api.ts'
import type { ClientHello } from './front/read-client-hello.ts'
import type { Accept } from './front/share-port.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'

interface Listeners {
  readonly settings: Pick<GatewaySettings, 'tunnel'>
  readonly tunnels: { readonly accept: Accept }
  readonly est: { readonly accept: Accept }
  readonly front: { readonly accept: Accept }
}

/**
 * Who is meant on the one port: tunnels by their protocol, enrolment by the name of the gateway for machines (or none: machines that dial an
 * address), browsers by any other name. The choice opens nothing: each listener makes every check that it makes on a port of its own.
 */
export const chooseListener =
  ({ settings, tunnels, est, front }: Listeners) =>
  ({ serverName, protocols }: ClientHello): Accept => {
    if (protocols.includes(tunnelAlpn) || protocols.includes(laneAlpn)) return tunnels.accept
    return serverName === null || settings.tunnel.names.includes(serverName) ? est.accept : front.accept
  }
