import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
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

  const everyService = (): Ports => Object.fromEntries(services.map((service) => [service, echo.port]))
  const machineOf = (id: string, ports: Ports = everyService()): Promise<OwnMachine> => {
    const offered = Object.entries(ports).map(([service, port]) => [service, { port, title: service }] as const)
    return startOwnMachine({ demo, id, name: `Echo ${id}`, services: Object.fromEntries(offered) })
  }
  /** A browser that has entered each service of a session that the operator approved. */
  const clientsOf = async (
    { id, panel, operator }: OwnMachine,
    wanted: readonly string[] = services,
  ): Promise<{ client: MachineClient; origin: string }[]> => {
    const session = await approvedSession({
      technician,
      panel,
      operator,
      asking: { machine: id, services: [...wanted], duration_s: 3600 },
    })
    const clients = []
    for (const service of wanted) {
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
    await expectUnmoved({ quick: quick.client, agentPid: machine.agentPid, beside: `${slowReaders} slow readers` }, async () => {
      const answers = await Promise.all(Array.from({ length: slowReaders }, () => slow.client.send('/bytes')))
      for (const answer of answers) answer.pause()
      const timer = setInterval(() => {
        for (const answer of answers) answer.read(1)
      }, 1_000)
      return () => {
        clearInterval(timer)
        for (const answer of answers) answer.destroy()
      }
    })
  }, 120_000)

  it(`costs at most 1 MiB for each of ${slowReaders} uploads of which the machine reads a byte a second, and slows nobody`, async () => {
    await using slowMachine = await startSlowMachine()
    const machine = closing.use(await machineOf('heavy-3', { one: slowMachine.port, two: echo.port }))
    const [slow, quick] = await clientsOf(machine, ['one', 'two'])
    if (slow === undefined || quick === undefined) throw new Error('nothing was opened')
    const headers = { 'content-length': String(bytes.length) }
    await expectUnmoved(
      { quick: quick.client, agentPid: machine.agentPid, beside: `${slowReaders} uploads to a slow machine` },
      async () => {
        const uploads = Array.from({ length: slowReaders }, () => slow.client.start('/', { method: 'POST', headers, body: bytes }))
        await expect.poll(slowMachine.bytesRead, { timeout: 20_000 }).toBeGreaterThan(slowReaders)
        return () => {
          // Slow is no reason to be cut.
          expect(uploads.filter(({ destroyed }) => destroyed)).toEqual([])
          for (const upload of uploads) upload.destroy()
        }
      },
    )
  }, 120_000)

  /** Asks for pages for 20 s beside what `begin` begins, while the memory of gateway and agent is watched; what `begin` gave back ends it. */
  const expectUnmoved = async ({ quick, agentPid, beside }: Beside, begin: () => Promise<() => void>): Promise<void> => {
    const one = async (): Promise<void> => expect(((await json(await quick.send('/quick'))) as EchoAnswer).url).toBe('/quick')
    await one()
    const watched = watchMemory({ gateway: demo.process.pid ?? 0, agent: agentPid })
    const stop = await begin()
    const end = performance.now() + 20_000
    const tookMs: number[] = []
    while (performance.now() < end) {
      const began = performance.now()
      await one()
      tookMs.push(performance.now() - began)
    }
    const { gateway, agent } = watched.stop()
    stop()
    process.stdout.write(
      `beside ${beside}: ${tookMs.length} requests in 20 s, p99 ${percentile(tookMs, 0.99).toFixed(0)} ms, ${JSON.stringify({ gateway, agent })}\n`,
    )
    // A mebibyte for each, and what the quick ones and a young process need.
    expect(gateway.growthMb).toBeLessThan(slowReaders + 80)
    expect(agent.growthMb).toBeLessThan(slowReaders + 80)
    expect(tookMs.length).toBeGreaterThan(200)
    expect(percentile(tookMs, 0.99)).toBeLessThan(1_000)
  }

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

/** Address of each service, by its name. */
type Ports = Readonly<Record<string, number>>

interface Beside {
  readonly quick: MachineClient
  readonly agentPid: number
  readonly beside: string
}

/** A machine that takes a byte a second of each body, and answers what has none. */
async function startSlowMachine(): Promise<AsyncDisposable & { readonly port: number; bytesRead(): number }> {
  const uploads = new Set<IncomingMessage>()
  let read = 0
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end('slow')
    uploads.add(request.on('error', () => {}))
    request.once('close', () => uploads.delete(request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const timer = setInterval(() => {
    for (const upload of uploads) read += (upload.read(1) as Buffer | null)?.length ?? 0
  }, 1_000)
  return {
    port: (server.address() as AddressInfo).port,
    bytesRead: () => read,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function openSocket({ client, origin }: { client: MachineClient; origin: string }): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, {
    origin,
    headers: { cookie: client.cookie },
    createConnection: client.connect,
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
