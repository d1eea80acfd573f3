import type { DeviceId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { HttpApiPorts } from '../api-ports.ts'

/** Names of machines by their ids; of one that is gone the id. */
export type MachineNames = (id: string) => string

export async function nameMachines({ sessions }: Pick<HttpApiPorts, 'sessions'>, ids: readonly string[]): Promise<MachineNames> {
  const wanted = [...new Set(ids)].filter((id) => id !== '') as DeviceId[]
  const names = new Map<string, string>()
  for (let from = 0; from < wanted.length; from += 500)
    for (const { id, name } of await sessions.ports.devices.findMany(wholeInstallation, wanted.slice(from, from + 500))) names.set(id, name)
  return (id) => names.get(id) ?? id
}
