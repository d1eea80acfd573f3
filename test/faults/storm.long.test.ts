import { setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { residentBytes, withCpu } from '../bench/measure/process-usage.ts'
import { waitedMs } from '../support/waited-for-processor.ts'
import { approvedSession, openService, type Work } from '../support/technician-at-work.ts'
import { expectSoundHistory, historyOf, operator } from './installation-under-fault.ts'
import { percentile } from './soak/figures.ts'
import { startManyMachines, type ManyMachines } from './soak/many-machines.ts'
import type { SoakMachine } from './soak/soak-machines.ts'

/**
 * R14 of security.md, section 4.1: every agent comes back at once after the gateway was killed, and somebody works meanwhile, on a machine with a process of
 * its own. The others share the gateway's processors, in one process that gives way to it (nice 10): when they are back is printed, what they cost it is bounded.
 * `storm.test.ts` has the pace of agents and gateway in virtual time.
 */
const agents = 1_000
const mostResidentBytes = 1.5 * 2 ** 30
/** All of them back within 15 s on a core of the gateway's own. */
const mostGatewayCpuS = 15
const mostP99Ms = 2_000
const giveUpAfterMs = 300_000
const nowMs = (): number => performance.timeOrigin + performance.now()

let many: ManyMachines
let storming: SoakMachine[]
beforeAll(async () => {
  many = await startManyMachines()
  storming = await many.add('storm', agents)
  setPriority(many.agents.pid, 10)
}, 1_200_000)
afterAll(() => many[Symbol.asyncDispose]())

it(`${agents} agents are back after a restart of the gateway, and a session goes on`, async () => {
  const { installation, mia } = many
  const { id } = await approvedSession({ technician: mia, panel: await installation.panel(), operator, asking: { duration_s: 3_600 } })
  const work = await openService(mia, id)
  installation.gateway.process.kill('SIGKILL')
  await installation.gateway.ended
  const killedAtMs = nowMs()
  await installation.startGateway()
  const servesAtMs = nowMs()
  const { pid } = installation.gateway
  const { result, cpu } = await withCpu([pid, many.agents.pid], () => workUntilAllAreBack(work, pid, killedAtMs))
  const { latenciesMs, withoutQueuesMs, peakBytes } = result
  const [gatewayCpuS = Number.NaN, agentsCpuS = Number.NaN] = cpu

  const links = Object.values(await many.agents.links())
  const backs = links.map(({ upAtMs }) => upAtMs.at(-1) ?? 0).filter((atMs) => atMs > killedAtMs)
  const turnedAway = links.flatMap(({ failures }) => failures).filter(({ atMs }) => atMs > servesAtMs).length
  const seconds = [0.5, 0.99, 1].map((part) => ((percentile(backs, part) - servesAtMs) / 1000).toFixed(1)).join(' / ')
  const p99Ms = percentile(withoutQueuesMs, 0.99)
  process.stdout.write(
    `R14: ${backs.length} of ${agents} agents are back after ${seconds} s (median, p99, all; ${turnedAway} dials failed), CPU of the gateway ` +
      `${gatewayCpuS.toFixed(1)} s, of the agents ${agentsCpuS.toFixed(1)} s, gateway ${(peakBytes / 2 ** 20).toFixed(0)} MiB at most, p99 of ` +
      `${latenciesMs.length} requests ${percentile(latenciesMs, 0.99).toFixed(0)} ms, ${p99Ms.toFixed(0)} ms without the time in queues for a processor\n`,
  )
  expect(backs.length).toBe(agents)
  expect(gatewayCpuS).toBeLessThan(mostGatewayCpuS)
  expect(peakBytes).toBeLessThan(mostResidentBytes)
  expect(p99Ms).toBeLessThan(mostP99Ms)

  const { body } = await mia.api<{ state: string }>('POST', `/api/v1/sessions/${id}/end`)
  expect(body.state).toBe('ended')
  await many.untilOnline(storming)
  const told = [
    ...(['requested', 'approved', 'ended'] as const).map((what) => ({ what, session: id })),
    { what: 'killed' as const, atMs: Math.floor(killedAtMs) },
  ]
  await expectSoundHistory(() => historyOf(installation, { told, resources: [], seen: [installation.seen] }))
}, 1_200_000)

interface Worked {
  readonly latenciesMs: readonly number[]
  readonly withoutQueuesMs: readonly number[]
  readonly peakBytes: number
}

/** One request after the other on a machine that comes back, too: before it is there the session's page says so. */
async function workUntilAllAreBack(work: Work, gatewayPid: number, sinceMs: number): Promise<Worked> {
  const worked = { latenciesMs: [] as number[], withoutQueuesMs: [] as number[], peakBytes: 0 }
  const { agent, machine } = many.installation
  const pids = ['self', gatewayPid, agent.pid, machine.pid] as const
  const queued = (): number => pids.map(waitedMs).reduce((sum, ms) => sum + ms)
  const endsMs = performance.now() + giveUpAfterMs
  for (let n = 0; performance.now() < endsMs; n += 1) {
    if (n % 10 === 0 && (await many.agents.backSince(sinceMs)) >= agents) break
    worked.peakBytes = Math.max(worked.peakBytes, residentBytes(gatewayPid))
    const [askedAtMs, queuedBefore] = [performance.now(), queued()]
    const status = await work.get('/in-the-storm').then(
      async (answer) => ((await answer.text()) === '' ? 0 : answer.status),
      () => 0,
    )
    const tookMs = performance.now() - askedAtMs
    if (status === 200) {
      worked.latenciesMs.push(tookMs)
      worked.withoutQueuesMs.push(Math.max(0, tookMs - (queued() - queuedBefore)))
    }
    await wait(20)
  }
  return worked
}
