import { firstSettings } from '../../../agent/wire/first-settings.ts'
import type { Device, GatewayForAgents } from '../../../gateway/http-api/contract/administration.ts'

/** A ready `agent.json`, as `sallyport-agent join` writes it, with the password in it; only the service is an example. */
export const agentSettingsFor = (device: Pick<Device, 'id' | 'name' | 'site'>, password: string, gateway: GatewayForAgents): string =>
  JSON.stringify(
    firstSettings({
      gateway: { tunnel: gateway.tunnel, est: gateway.est, trustDomain: gateway.trust_domain },
      device: { id: device.id, name: device.name, site: device.site },
      enrolment: { password },
      services: { hmi: { kind: 'http', target: '127.0.0.1:8080', title: 'Web interface' } },
    }),
    null,
    2,
  )
