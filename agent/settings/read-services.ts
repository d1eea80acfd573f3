import { serviceKinds } from '../wire/agent-api.ts'
import type { ServiceSettings } from './agent-settings.ts'
import type { FieldReader } from './field-reader.ts'
import { readTarget } from './read-target.ts'

/** `services` of `agent.json`. */
export function readServices(fields: FieldReader | null, mirror: boolean): ReadonlyMap<string, ServiceSettings> {
  const services = new Map<string, ServiceSettings>()
  if (fields === null) return services
  if (fields.names().length > 64) fields.problem('(all)', 'must not be more than 64')
  for (const name of fields.names().slice(0, 64)) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(name))
      fields.problem(JSON.stringify(name), 'must be a service name: a-z, then up to 31 of a-z, 0-9, dash')
    const service = fields.object(name)
    if (service === null) continue
    const kind = service.choice('kind', serviceKinds)
    const messagesPass = service.choice('viewOnlyMessages', ['hold', 'pass'], 'hold') === 'pass'
    if (messagesPass && kind !== 'http')
      service.problem('viewOnlyMessages', 'is for WebSocket messages, which only services of the kind http have')
    const isMirrored = service.choice('mirror', ['on', 'off'], 'on') === 'on'
    services.set(name, {
      name,
      kind,
      target: readTarget(service, 'target'),
      title: service.optionalText('title', { maxLength: 120 }) ?? name,
      enabled: service.flag('enabled', true),
      maxStreams: service.integer('maxStreams', { min: 1, max: 200, otherwise: 64 }),
      actsOnMachine: service.flag('actsOnMachine', true),
      enabling: service.flag('enabling', false),
      messagesPass,
      mirrored: mirror && isMirrored && kind === 'http',
    })
    service.noOthers()
  }
  return services
}
