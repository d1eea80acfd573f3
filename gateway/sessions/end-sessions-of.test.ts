import { describe, expect, it } from 'vitest'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { endSessionsOf } from './end-sessions-of.ts'
import { hmi, sessionsWorld } from './testing/sessions-world.ts'

describe('a technician who signs out', () => {
  it('ends his session, or takes his request back, and nobody else’s', async () => {
    await using world = await sessionsWorld()
    const { person } = await world.asker()
    const id = await world.approved()
    await endSessionsOf(world.room, { ...person, id: 'per_somebody' as typeof person.id })
    expect(await world.stored(id)).toMatchObject({ state: 'approved' })
    await endSessionsOf(world.room, person)
    expect(await world.stored(id)).toMatchObject({ endReason: 'ended_by_technician', endedBy: person.name })
    const asked = await world.ask()
    await endSessionsOf(world.room, person)
    expect(await world.stored(asked.id)).toMatchObject({ endReason: 'withdrawn' })
  })

  it('is out at once where the store fails, and the ending is stored when it can be', async () => {
    await using world = await sessionsWorld()
    const { person } = await world.asker()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    const stream = await granted.openStream()
    world.database.busy = true
    await endSessionsOf(world.room, person)
    expect(stream.destroyed).toBe(true)
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'session_over' })
    world.database.busy = false
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'ended_by_technician' })
  })
})
