import { join } from 'node:path'
import { untilOnline } from '../../support/technician-at-work.ts'
import { startUnderFault, type InstallationUnderFault } from '../installation-under-fault.ts'
import { Failpoints } from './failpoints.ts'

/** What waits in the programs themselves: longer than one restart after the other takes where others use the machine too. */
const patienceS = 300

export interface WorldWithFailpoints extends AsyncDisposable {
  readonly world: InstallationUnderFault
  readonly gateway: Failpoints
  readonly agent: Failpoints
  /** Of each restart of the gateway: milliseconds from its death until it served, and from then until the agent was back. */
  readonly restarts: readonly { readonly servesAfterMs: number; readonly agentBackAfterMs: number }[]
}

/** An installation whose programs have failpoints, and somebody who starts them again when they end, as systemd does. */
export async function startWithFailpoints(): Promise<WorldWithFailpoints> {
  const programs = { gateway: 'test/faults/failpoints/gateway-entry.ts', agent: 'test/faults/failpoints/agent-entry.ts' }
  const world = await startUnderFault({
    service: 'plain',
    programs,
    gateway: { requestTimeoutS: patienceS, gracePeriodS: patienceS },
    agent: { requestTimeoutS: patienceS },
  })
  const { installation, told } = world
  const restarts: { servesAfterMs: number; agentBackAfterMs: number }[] = []
  let over = false
  const noteRestart = async (endedAtMs: number): Promise<void> => {
    const servesAtMs = performance.now()
    // The next death may come first: then this one has no figure.
    await untilOnline(world.mia).then(
      () => restarts.push({ servesAfterMs: servesAtMs - endedAtMs, agentBackAfterMs: performance.now() - servesAtMs }),
      () => {},
    )
  }
  const keepUp = async (which: 'gateway' | 'agent'): Promise<void> => {
    for (;;) {
      await installation[which].ended
      if (over) return
      const endedAt = performance.now()
      if (which === 'gateway') told.push({ what: 'killed', atMs: Date.now() })
      await startAgain(which === 'gateway' ? installation.startGateway : installation.startAgent)
      if (which === 'gateway') void noteRestart(endedAt)
    }
  }
  const keeping = Promise.all([keepUp('gateway'), keepUp('agent')])
  return {
    world,
    gateway: new Failpoints(join(installation.dataDir, 'failpoints-gateway')),
    agent: new Failpoints(join(installation.dataDir, 'agent', 'failpoints-agent')),
    restarts,
    async [Symbol.asyncDispose]() {
      over = true
      await world[Symbol.asyncDispose]()
      await keeping
    },
  }
}

/** It may die while it starts, by a failpoint or because it was given no time. */
async function startAgain(start: () => Promise<void>): Promise<void> {
  for (let left = 5; ; left -= 1) {
    try {
      return await start()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}
