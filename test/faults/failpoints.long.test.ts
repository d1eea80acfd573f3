import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemRandom } from '../../gateway/basics/random.ts'
import { untilOnline } from '../support/technician-at-work.ts'
import { percentile } from './soak/figures.ts'
import { faults, type Failpoints, type Fault } from './failpoints/failpoints.ts'
import { doMainJob } from './failpoints/main-job.ts'
import { startWithFailpoints, type WorldWithFailpoints } from './failpoints/world-with-failpoints.ts'

/** R1, R2 and R7 of security.md, section 4.1: every commit on the way of a session, every fault at it. */
const restartsOfR1 = 200
const agentBackWithinMs = 15_000
/** A refused agent asks again after 30 to 35 s, and one whose handshakes failed in a row after up to 30 s. */
const comesBackWithinMs = 60_000
/** A gateway commits this often before it dies, at most: long enough that its agent is back in most lives. */
const commitsOfALife = 120
const servesWithinMs = 2_000

let parts: WorldWithFailpoints
beforeAll(async () => {
  parts = await startWithFailpoints()
})
afterAll(() => parts[Symbol.asyncDispose]())
afterEach(() => atRest())

const jobsOfAnAgent = 5
let jobs = 0

/** An agent shows thirty requests, and then one each ten seconds (docs/limits.md): the machine is busy for whoever asks faster. A new process begins anew. */
async function notTooBusy(): Promise<void> {
  jobs += 1
  if (jobs % jobsOfAnAgent !== 0) return
  const { installation, mia } = parts.world
  const { pid, process: agent } = installation.agent
  agent.kill('SIGTERM')
  await vi.waitUntil(() => installation.agent.pid !== pid, { timeout: 30_000 })
  await untilOnline(mia)
}

async function atRest(): Promise<void> {
  await parts.disarm()
  const { installation, mia } = parts.world
  await untilOnline(mia, true, 'press-7', comesBackWithinMs).catch((cause: unknown) => {
    throw new Error(`The last lines of all programs:\n${installation.log.slice(-60).join('\n')}`, { cause })
  })
  await parts.world.expectSound()
}

/**
 * What a session may end for before its time: an agent that died took its approval along, a gateway that died before the machine had heard
 * of it lost it, and what could not be written down is ended: the session itself, or a decision about it.
 */
const wayOut: Readonly<Record<'gateway' | 'agent', Readonly<Partial<Record<Fault, readonly string[]>>>>> = {
  gateway: { fail: ['error', 'policy'], 'kill-before': ['device_lost'], 'kill-after': ['device_lost'], full: ['device_lost', 'policy'] },
  agent: { 'kill-before': ['device_lost'], 'kill-after': ['device_lost'] },
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** How many sessions of the way ended for which reason. */
async function atEachCommit(program: Failpoints, fault: Fault): Promise<Record<string, number>> {
  await atRest()
  await doMainJob(parts.world)
  const commits = program.commits().length
  expect(commits).toBeGreaterThan(2)
  const reasons: Record<string, number> = {}
  for (let at = 1; at <= commits; at += 1) {
    await atRest()
    await notTooBusy()
    program.plan({ run: `${fault} ${at}`, fault, after: [at] })
    const { endReason } = await doMainJob(parts.world).catch((cause: unknown) => {
      throw new Error(`${fault} at commit ${at}: ${program.fired().join()}`, { cause })
    })
    await atRest()
    reasons[endReason] = (reasons[endReason] ?? 0) + 1
  }
  return reasons
}

describe.each(['gateway', 'agent'] as const)('at each commit of the %s', (which) => {
  it.each(faults)(
    '%s: nothing is half done, and the session goes on or ends for a reason',
    async (fault) => {
      const reasons = await atEachCommit(parts[which], fault)
      say(`${which}, ${fault} at each commit: ${JSON.stringify(reasons)}`)
      expect(
        Object.keys(reasons).filter((reason) => reason !== 'ended_by_technician' && wayOut[which][fault]?.includes(reason) !== true),
      ).toEqual([])
    },
    1_200_000,
  )
})

describe('a gateway under load', () => {
  it(`that is killed ${restartsOfR1} times, at any commit, loses nothing that it acknowledged`, async () => {
    const administrator = await parts.world.installation.signIn('ada')
    const acknowledged: string[] = []
    const over = new AbortController()
    const load = (async () => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const name = `Customer ${n}`
        const answer = await administrator.api('POST', '/api/v1/organisations', { name }).catch(() => null)
        if (answer?.status === 201) acknowledged.push(name)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    const reasons: Record<string, number> = {}
    while (parts.restarts.length < restartsOfR1) {
      await notTooBusy()
      const after = Array.from({ length: 50 }, () => 1 + Math.floor(systemRandom.fraction() * commitsOfALife))
      parts.gateway.plan({ run: systemRandom.token(8), fault: 'kill-after', after })
      const { endReason } = await doMainJob(parts.world)
      reasons[endReason] = (reasons[endReason] ?? 0) + 1
      await atRest()
      say(`R1: ${parts.restarts.length} of ${restartsOfR1} restarts, ${acknowledged.length} acknowledged so far`)
    }
    over.abort()
    await load
    const { body } = await administrator.api<{ items: { name: string }[] }>('GET', '/api/v1/organisations')
    const names = new Set(body.items.map(({ name }) => name))
    const lost = acknowledged.filter((name) => !names.has(name))
    const serves = parts.restarts.map(({ servesAfterMs }) => servesAfterMs)
    const servesCpu = parts.restarts.map(({ servesAfterCpuMs }) => servesAfterCpuMs)
    const backs = parts.restarts.flatMap(({ agentBackAfterMs }) => agentBackAfterMs ?? [])
    const ms = (values: readonly number[]): string => [0.5, 0.99].map((part) => percentile(values, part).toFixed(0)).join(' / ')
    say(
      `R1: ${parts.restarts.length} restarts, ${acknowledged.length} acknowledged, ${lost.length} lost, ended: ${JSON.stringify(reasons)}`,
    )
    say(
      `R1: serves after (median / p99) ${ms(serves)} ms, ${ms(servesCpu)} ms of CPU, the agent is back after ${ms(backs)} ms (${backs.length} times before the next death)`,
    )
    expect(lost).toEqual([])
    expect(percentile(servesCpu, 0.5)).toBeLessThan(servesWithinMs)
    expect(backs.length).toBeGreaterThan(restartsOfR1 / 2)
    expect(percentile(backs, 0.99)).toBeLessThan(agentBackWithinMs)
  }, 3_600_000)
})
