import type { Device, GatewayForAgents } from '../../../gateway/http-api/contract/administration.ts'

/** A ready `agent.json`; only the service and the operators are examples. `gateway-ca.pem` is the file beside it. */
export const agentSettingsFor = (device: Pick<Device, 'id' | 'name' | 'site'>, password: string, gateway: GatewayForAgents): string =>
  JSON.stringify(
    {
      gateway: { tunnel: gateway.tunnel, est: gateway.est, caFile: 'gateway-ca.pem', trustDomain: gateway.trust_domain },
      device: { id: device.id, name: device.name, site: device.site },
      enrolment: { password },
      stateDir: 'state',
      panel: { port: 7700 },
      operators: ['Operator'],
      services: { hmi: { kind: 'http', target: '127.0.0.1:8080', title: 'Web interface' } },
    },
    null,
    2,
  )
