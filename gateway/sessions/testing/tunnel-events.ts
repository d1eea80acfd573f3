import { wholeInstallation } from '../../basics/scope.ts'
import type { SessionsWorld } from './sessions-world.ts'

/** What the ledger says of the world's machine, the oldest first. */
export const eventsOf = async (
  world: SessionsWorld,
  type: 'tunnel.connected' | 'tunnel.closed' | 'switch.changed' | 'remote.changed' | 'session.conduct' | 'entry.unknown' | 'update.changed',
) => (await world.storage.events.list(wholeInstallation, { device: world.machine.id, type }, { limit: 50, after: null })).items.toReversed()
