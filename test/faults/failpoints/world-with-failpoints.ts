import { join } from 'node:path'
import { mainThreadCpuSeconds } from '../../bench/measure/process-usage.ts'
import { untilOnline } from '../../support/technician-at-work.ts'
import { startUnderFault, type InstallationUnderFault } from '../installation-under-fault.ts'
import { Failpoints } from './failpoints.ts'

/** What waits in the programs themselves: longer than one restart after the other takes where others use the machine too. */
const patienceS = 300

export interface WorldWithFailpoints extends AsyncDisposable {
  readonly world: InstallationUnderFault
  readonly gateway: Failpoints
  readonly agent: Failpoints
  readonly restarts: readonly Restart[]
  /** No failpoint acts any more, and the gateway answers: it may have died a moment before. */
  disarm(): Promise<void>
}

/** Of the gateway. */
export interface Restart {
  /** From its death until it served, on a computer that may be busy with other things, too. */
  readonly servesAfterMs: number
  /** What its main thread has computed until then: as long as it takes on a processor of its own. */
  readonly servesAfterCpuMs: number
  /** From then until the agent was back; null: the next death came first. */
  agentBackAfterMs: number | null
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
  const restarts: Restart[] = []
  let over = false
  const noteRestart = async (endedAtMs: number): Promise<void> => {
    const servesAtMs = performance.now()
    const servesAfterCpuMs = cpuMsOf(installation.gateway.pid)
    if (servesAfterCpuMs === null) return
    const restart: Restart = { servesAfterMs: servesAtMs - endedAtMs, servesAfterCpuMs, agentBackAfterMs: null }
    restarts.push(restart)
    await untilOnline(world.mia).then(
      () => void (restart.agentBackAfterMs = performance.now() - servesAtMs),
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
  const gateway = new Failpoints(join(installation.dataDir, 'failpoints-gateway'))
  const agent = new Failpoints(join(installation.dataDir, 'agent', 'failpoints-agent'))
  return {
    world,
    gateway,
    agent,
    restarts,
    async disarm() {
      gateway.disarm()
      agent.disarm()
      const endsMs = performance.now() + patienceS * 1_000
      for (;;) {
        const answers = await world.mia.api('GET', '/api/v1/me').then(
          () => true,
          () => false,
        )
        if (answers || performance.now() > endsMs) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async [Symbol.asyncDispose]() {
      over = true
      await world[Symbol.asyncDispose]()
      await keeping
    },
  }
}

/** Null where it is dead already. */
function cpuMsOf(pid: number): number | null {
  try {
    return mainThreadCpuSeconds(pid) * 1_000
  } catch {
    return null
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
