import { join } from 'node:path'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createActStore } from './act-store.ts'
import { readFileIfThere, writeFileAtomic } from './atomic-file.ts'
import { createRemoteStore } from './remote-store.ts'
import type { StateDatabase } from './state-database.ts'
import { createSwitchStore } from './switch-store.ts'

export const witnessFile = (stateDir: string): string => join(stateDir, 'records.id')

export interface WitnessOptions {
  readonly database: StateDatabase
  readonly stateDir: string
  /** Names of those that the settings have. */
  readonly services: Iterable<string>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * Which records these are stands in a file beside them too. Records that are gone (a disk that was mended, somebody who removed them) look like those of a
 * machine that is new, and a machine that is new begins as its settings say: what an operator had switched off would be on again. So, where records were
 * before and others or none are there now, everything is off until somebody at the panel turns it on.
 *
 * @throws what the disk throws
 */
export async function witnessRecords(options: WitnessOptions): Promise<void> {
  const { database, stateDir, random } = options
  const path = witnessFile(stateDir)
  const known = (await readFileIfThere(path))?.trim() ?? null
  const found = database.sql.prepare('SELECT id FROM identity').get()?.['id'] ?? null
  if (known !== null && known === found) return
  const id = known === null && found !== null ? String(found) : random.hex(16)
  database.transaction(() => {
    database.sql.prepare('INSERT INTO identity (one, id) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET id = excluded.id').run(id)
    if (known !== null) switchOff(options)
  })
  // Last: a power cut before it is looked at as a loss once more, never as none.
  await writeFileAtomic(path, `${id}\n`)
}

function switchOff({ database, stateDir, services, clock, logger }: WitnessOptions): void {
  const atMs = clock.nowMs()
  createRemoteStore(database).set({ on: false, by: null, atMs })
  const switches = createSwitchStore(database)
  for (const service of services) switches.set(service, false)
  createActStore(database).put({ atMs, act: 'records_lost', service: null, by: '' })
  logger.error(
    { stateDir },
    'the records of this machine are gone: remote service and each service are off until somebody at the panel turns them on',
  )
}
