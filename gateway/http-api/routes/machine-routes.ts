import { z } from 'zod'
import type { DeviceId, ServiceName } from '../../basics/ids.ts'
import type { Device } from '../../devices/device.ts'
import { askPolicy } from '../../sessions/ask-policy.ts'
import { recordingOf, switchesOf, type Asker } from '../../sessions/decision-facts.ts'
import { visibleDevice } from '../../sessions/visible-device.ts'
import { callingDevices } from '../../sessions/calling-devices.ts'
import { visibleDevices } from '../../sessions/visible-devices.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { askerOf } from '../asker-of.ts'
import { deviceId } from '../contract/building-blocks.ts'
import { machine, machinePage, machineQuery, type MachineService } from '../contract/machines.ts'
import { requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentMachine } from '../views/present-machine.ts'

/** What "could I ask for this" is tried with: the shortest request that the API takes. */
const probeDurationS = 60

/** Machines as policy lets the person see them; what he may not see does not exist (404, and in no list or count). */
export function machineRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = requireSignIn(ports)

  app.get(
    '/api/v1/machines',
    {
      onRequest,
      schema: { tags: ['machines'], summary: 'Machines that you may see', querystring: machineQuery, response: { 200: machinePage } },
    },
    async (request) => {
      const signedIn = whoAsks(request)
      const { search, region, product_line: productLine, online, calling, limit, after } = request.query
      const asker = await askerOf(ports, signedIn)
      if (calling === 'true') {
        const devices = await callingDevices(ports.sessions, asker)
        return { items: await Promise.all(devices.map((device) => presentMachine(ports, device, signedIn.person))), next: null }
      }
      const filter = { search, region, productLine, ...(online === undefined ? {} : { online: online === 'true' }) }
      const found = await visibleDevices(ports.sessions, asker, filter, { limit, after: after ?? null })
      return { items: await Promise.all(found.items.map((device) => presentMachine(ports, device, signedIn.person))), next: found.next }
    },
  )

  app.get(
    '/api/v1/machines/:id',
    {
      onRequest,
      schema: {
        tags: ['machines'],
        summary: 'One machine, and what stands against a request',
        params: z.object({ id: deviceId }),
        response: { 200: machine },
      },
    },
    async (request) => {
      const signedIn = whoAsks(request)
      const asker = await askerOf(ports, signedIn)
      const device = await visibleDevice(ports.sessions, asker, request.params.id as DeviceId)
      return {
        ...(await presentMachine(ports, device, signedIn.person)),
        time_zone: device.timeZone,
        agent_version: device.agentVersion,
        services: await servicesOf(ports, asker, device),
      }
    },
  )
}

async function servicesOf(ports: HttpApiPorts, asker: Asker, device: Device): Promise<MachineService[]> {
  const names = device.services.map((service) => service.name as ServiceName)
  const decisions = await askPolicy(ports.sessions, {
    action: 'request',
    asker,
    device,
    services: names,
    session: null,
    durationS: probeDurationS,
  })
  const switches = switchesOf(device)
  const recording = recordingOf(device)
  return device.services.map((service, index) => {
    const result = decisions[index]?.result
    return {
      name: service.name,
      title: service.title,
      kind: service.kind,
      enabled: switches[service.name] === true,
      recorded: recording[service.name] !== 'off',
      record_demanded: result?.limits.record === true,
      can_request: result?.allow === true,
      denials: [...(result?.denials ?? [])],
      missing: [...(result?.missing ?? [])],
      max_duration_s: result?.allow === true ? result.limits.max_duration_s : null,
    }
  })
}
