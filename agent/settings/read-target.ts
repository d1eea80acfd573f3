import type { HostPort } from './agent-settings.ts'
import type { FieldReader } from './field-reader.ts'
import { parseHostPort } from './host-port.ts'

/** Stands for one that is missing or bad; the problem is noted. */
export const noHost: HostPort = { host: 'invalid', port: 1 }

/** A member like `"host:port"`. */
export function readTarget(fields: FieldReader, name: string): HostPort {
  const text = fields.text(name)
  if (text === '') return noHost
  const target = parseHostPort(text)
  if (target === null) fields.problem(name, 'must be "host:port" with a port from 1 to 65535')
  return target ?? noHost
}
