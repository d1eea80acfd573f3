import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { percentile } from '../faults/soak/figures.ts'
import { digestOf } from '../support/digest-of.ts'
import { startEchoMachine, TestBytes, type EchoAnswer, type EchoMachine } from '../support/echo-machine.ts'
import { machineClient, type MachineClient } from '../support/machine-client.ts'
import { startOwnMachine, type OwnMachine } from '../support/own-machine.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'
import { approvedSession, openService } from '../support/technician-at-work.ts'
import { watchMemory } from '../support/watch-memory.ts'

const gigabytes = 10
/** Far more than the windows of a tunnel, a hundredth of what is carried. */
const mostGrowthMb = 150
const machines = 8
const services = ['one', 'two', 'three', 'four'] as const
const sockets = 1_000
const slowReaders = 48

describe('heavy use', () => {
  const bytes = new TestBytes(gigabytes * 1024)
  const closing = new AsyncDisposableStack()
  let demo: RunningDemoProcess
  let echo: EchoMachine
  let technician: PortalClient

  beforeAll(async () => {
    demo = closing.use(await runDemo())
    echo = closing.use(await startEchoMachine(bytes))
    technician = new PortalClient(demo.description.portal)
    await technician.signUndertaking(await technician.signIn(demo.account('mia')))
  }, 90_000)
  afterAll(async () => {
    await closing.disposeAsync()
  })

  const machineOf = (id: string): Promise<OwnMachine> => {
    const offered = services.map((service) => [service, { port: echo.port, title: service }] as const)
    return startOwnMachine({ demo, id, name: `Echo ${id}`, services: Object.fromEntries(offered) })
  }
  /** A browser that has entered each service of a session that the operator approved. */
  const clientsOf = async ({ id, panel, operator }: OwnMachine): Promise<{ client: MachineClient; origin: string }[]> => {
    const session = await approvedSession({
      technician,
      panel,
      operator,
      asking: { machine: id, services: [...services], duration_s: 3600 },
    })
    const clients = []
    for (const service of services) {
      const work = await openService(technician, session.id, service)
      const client = machineClient(work)
      closing.defer(() => client.close())
      clients.push({ client, origin: work.url.origin })
    }
    return clients
  }

  it(`carries ${gigabytes} GB down and ${gigabytes} GB up, every byte right, in flat memory`, async () => {
    const machine = closing.use(await machineOf('heavy-1'))
    const [first] = await clientsOf(machine)
    if (first === undefined) throw new Error('nothing was opened')
    const { client } = first
    await client.send('/').then((answer) => answer.resume())
    const digest = bytes.sha256()
    const watched = watchMemory({ gateway: demo.process.pid ?? 0, agent: machine.agentPid })
    const startedAt = performance.now()
    expect(await digestOf(await client.send('/bytes'))).toEqual({ sha256: digest, length: bytes.length })
    const downMs = performance.now() - startedAt
    const headers = { 'content-length': String(bytes.length) }
    const up = (await json(await client.send('/up', { method: 'POST', headers, body: bytes }))) as EchoAnswer
    expect(up).toMatchObject({ bodyBytes: bytes.length, bodySha256: digest })
    const upMs = performance.now() - startedAt - downMs
    const memory = watched.stop()
    const rate = (ms: number): number => Math.round(bytes.length / 1_000 / ms)
    process.stdout.write(`${gigabytes} GB: ${rate(downMs)} MB/s down, ${rate(upMs)} MB/s up, ${JSON.stringify(memory)}\n`)
    expect(memory.gateway.growthMb).toBeLessThan(mostGrowthMb)
    expect(memory.agent.growthMb).toBeLessThan(mostGrowthMb)
  }, 1_800_000)

  it(`costs at most 1 MiB for each of ${slowReaders} readers of a byte a second, and slows nobody`, async () => {
    const machine = closing.use(await machineOf('heavy-2'))
    const [slow, quick] = await clientsOf(machine)
    if (slow === undefined || quick === undefined) throw new Error('nothing was opened')
    const one = async (): Promise<void> => expect(((await json(await quick.client.send('/quick'))) as EchoAnswer).url).toBe('/quick')
    await one()
    const watched = watchMemory({ gateway: demo.process.pid ?? 0, agent: machine.agentPid })
    const answers = await Promise.all(Array.from({ length: slowReaders }, () => slow.client.send('/bytes')))
    for (const answer of answers) answer.pause()
    const timer = setInterval(() => {
      for (const answer of answers) answer.read(1)
    }, 1_000)
    try {
      const end = performance.now() + 20_000
      const tookMs: number[] = []
      while (performance.now() < end) {
        const began = performance.now()
        await one()
        tookMs.push(performance.now() - began)
      }
      const { gateway, agent } = watched.stop()
      process.stdout.write(
        `beside ${slowReaders} slow readers: ${tookMs.length} requests in 20 s, p99 ${percentile(tookMs, 0.99).toFixed(0)} ms, ${JSON.stringify({ gateway, agent })}\n`,
      )
      // A mebibyte for each, and what the quick ones and a young process need.
      expect(gateway.growthMb).toBeLessThan(slowReaders + 60)
      expect(agent.growthMb).toBeLessThan(slowReaders + 60)
      expect(tookMs.length).toBeGreaterThan(200)
      expect(percentile(tookMs, 0.99)).toBeLessThan(1_000)
    } finally {
      clearInterval(timer)
      for (const answer of answers) answer.destroy()
    }
  }, 120_000)

  it(`keeps ${sockets} WebSockets at once, each with its own words in order`, async () => {
    const clients: { client: MachineClient; origin: string }[] = []
    for (let index = 0; index < machines; index += 1) {
      const machine = closing.use(await machineOf(`heavy-ws-${index}`))
      clients.push(...(await clientsOf(machine)))
    }
    const opened = await Promise.all(
      Array.from({ length: sockets }, (_, index) => {
        const at = clients[index % clients.length]
        if (at === undefined) throw new Error('there are no clients')
        return openSocket(at)
      }),
    )
    const rounds = 20
    await Promise.all(
      opened.map(async (socket, index) => {
        const got: string[] = []
        const all = new Promise<void>((resolve, reject) => {
          socket.on('message', (data: Buffer) => void (got.push(data.toString()) === rounds && resolve()))
          socket.once('close', (code) => reject(new Error(`closed with ${code}`)))
        })
        const sent = Array.from({ length: rounds }, (_, round) => `${index} ${round}`)
        for (const message of sent) socket.send(message)
        await all
        expect(got).toEqual(sent)
      }),
    )
    expect(opened.every(({ readyState }) => readyState === WebSocket.OPEN)).toBe(true)
    for (const socket of opened) socket.removeAllListeners('close').terminate()
    await expect.poll(echo.connections, { timeout: 60_000 }).toBe(0)
  }, 300_000)
})

async function openSocket({ client, origin }: { client: MachineClient; origin: string }): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, {
    origin,
    headers: { cookie: client.cookie },
    createConnection: client.connect,
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
