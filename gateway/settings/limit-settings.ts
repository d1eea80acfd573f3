import { z } from 'zod'

/** What an operator may have to move. docs/limits.md says what each is for and what happens past it; the other bounds are constants of their rooms. */
const defaults = {
  connections: 20_000,
  connectionsPerAddress: 4_096,
  strangerRequestsPerSecond: 100,
  portalRequestsPerSecond: 200,
  machineRequestsPerSecond: 50_000,
  sessionsPerPerson: 32,
  streamsPerPerson: 1_024,
}

const figure = (name: keyof typeof defaults, least: number, most: number) => z.int().min(least).max(most).default(defaults[name])

export const limitSettingsSchema = z
  .strictObject({
    connections: figure('connections', 100, 200_000),
    connectionsPerAddress: figure('connectionsPerAddress', 10, 200_000),
    strangerRequestsPerSecond: figure('strangerRequestsPerSecond', 1, 100_000),
    portalRequestsPerSecond: figure('portalRequestsPerSecond', 1, 100_000),
    machineRequestsPerSecond: figure('machineRequestsPerSecond', 1, 1_000_000),
    sessionsPerPerson: figure('sessionsPerPerson', 1, 100_000),
    streamsPerPerson: figure('streamsPerPerson', 1, 100_000),
  })
  .prefault({})
