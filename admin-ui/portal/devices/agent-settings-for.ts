import type { Device } from '../../../gateway/http-api/contract/administration.ts'

/** A ready `agent.json` but for `PORT`: the gateway says at its start where it listens. */
export const agentSettingsFor = (device: Pick<Device, 'id' | 'name' | 'site'>, password: string, host: string): string =>
  JSON.stringify(
    {
      gateway: { tunnel: `${host}:PORT`, est: `https://${host}:PORT`, caFile: 'gateway-ca.pem', trustDomain: host },
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
