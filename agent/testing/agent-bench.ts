import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, vi } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { readSettings } from '../settings/read-settings.ts'
import { startAgent } from '../start-agent.ts'
import type { RunningAgent } from '../running-agent.ts'
import type { UpdateSituation } from '../updates/start-updates.ts'
import type { AgentEvent } from '../wire/agent-api.ts'
import { requestDigest, type SessionRequest } from '../wire/session-request.ts'
import { createTestAuthority } from './test-authority.ts'
import { startTestEstServer } from './test-est-server.ts'
import { startTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { startTestMachine } from './test-machine.ts'
import type { TestMachine } from './test-machine.ts'
import { testPanel } from './test-panel.ts'
import type { TestPanel } from './test-panel.ts'

export const deviceUri = 'spiffe://acme.example/device/press-1'

export interface HttpAnswer {
  readonly response: IncomingMessage
  readonly body: Buffer
}

/** A running agent between a gateway's end of the tunnel, a machine and a panel, all real. */
export interface AgentBench {
  readonly gateway: TestGateway
  readonly machine: TestMachine
  readonly stateDir: string
  agent: RunningAgent
  panel: TestPanel
  events: AgentEvent[]
  /** Starts another agent on the same state, after the one before was closed. */
  restart(): Promise<void>
  /** Waits until the agent is connected, then reads its events from the first on. */
  connected(): Promise<void>
  show(asked: SessionRequest, photo?: string | null): Promise<Answer>
  /** Asks for a session, and presses. */
  openSession(change?: Partial<SessionRequest>): Promise<SessionRequest>
  /** One HTTP exchange with the service `hmi` on a fresh stream. */
  through(session: string, options: RequestOptions, body?: string | Buffer): Promise<HttpAnswer>
  /** Writes bytes on a fresh stream and gives back all that comes until it ends. */
  raw(session: string, bytes: string): Promise<string>
  close(): Promise<void>
}

/** Stays the same for all tests of a file: making certificates takes a while. */
export interface BenchAuthority {
  /** What agents asked of it. */
  readonly seen: readonly string[]
  open(): Promise<AgentBench>
  close(): void
}

/** `services`: others than the bench's own. `clock`: of the agent. `settings`: further members of `agent.json`. `updates`: how it stands to a launcher. `connects`: false for one that stays alone. */
export async function createBenchAuthority(
  options: {
    readonly services?: object
    readonly clock?: Clock
    readonly settings?: object
    readonly connects?: boolean
    readonly updates?: UpdateSituation
  } = {},
): Promise<BenchAuthority> {
  const authority = createTestAuthority()
  const est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
  const { services, clock = systemClock, settings = {}, connects = true, updates } = options
  return {
    seen: est.seen,
    open: async () => {
      const gateway = await startTestGateway({ authority })
      return openBench({ gateway, estPort: est.port, caFile: authority.caFile, services, clock, settings, updates }, connects)
    },
    close: () => {
      est.close()
      authority.remove()
    },
  }
}

async function openBench(parts: Omit<StartOptions, 'machine' | 'stateDir'>, connects: boolean): Promise<AgentBench> {
  const { gateway } = parts
  const machine = await startTestMachine()
  const stateDir = mkdtempSync(join(tmpdir(), 'agent-run-'))
  const start = (): Promise<RunningAgent> => startOn({ ...parts, machine, stateDir })
  const agent = await start()
  const bench: AgentBench = {
    gateway,
    machine,
    stateDir,
    agent,
    panel: testPanel(agent.panelUrl),
    events: [],
    restart: async () => {
      const { secret } = bench.panel
      bench.agent = await start()
      bench.panel = testPanel(bench.agent.panelUrl)
      bench.panel.secret = secret
      bench.events = []
    },
    connected: async () => {
      await vi.waitFor(async () => expect((await bench.panel.state()).connection.state).toBe('connected'), { timeout: 8_000 })
      gateway.readEvents(0, bench.events)
    },
    show: (asked, photo = null) =>
      gateway.request('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo }) }),
    openSession: async (change) => {
      const asked = sessionRequest(change)
      expect((await bench.show(asked)).status).toBe(202)
      expect(
        (
          await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, {
            body: { digest: requestDigest(asked), operator: 'Olga' },
          })
        ).status,
      ).toBe(200)
      return asked
    },
    through: async (session, options, body) => exchange((await gateway.connect('hmi', session)).stream, options, body),
    raw: async (session, bytes) => {
      const { stream } = await gateway.connect('hmi', session)
      stream.write(bytes)
      let text = ''
      stream.setEncoding('latin1')
      for await (const chunk of stream) text += String(chunk)
      return text
    },
    close: async () => {
      await bench.agent.close()
      gateway.close()
      machine.close()
      rmSync(stateDir, { recursive: true })
    },
  }
  await bench.panel.pair(agent.pairingUrl)
  if (connects) await bench.connected()
  return bench
}

interface StartOptions {
  readonly gateway: TestGateway
  readonly estPort: number
  readonly caFile: string
  readonly services: object | undefined
  readonly clock: Clock
  readonly settings: object
  readonly updates: UpdateSituation | undefined
  readonly machine: TestMachine
  readonly stateDir: string
}

function startOn({
  gateway,
  estPort,
  caFile,
  services: others,
  clock,
  settings: more,
  updates,
  machine,
  stateDir,
}: StartOptions): Promise<RunningAgent> {
  const services = others ?? {
    hmi: { kind: 'http', target: `127.0.0.1:${machine.httpPort}`, title: 'Operating panel' },
    plc: { kind: 'tcp', target: `127.0.0.1:${machine.tcpPort}`, maxStreams: 2 },
    gone: { kind: 'http', target: '127.0.0.1:1' },
    lost: { kind: 'tcp', target: '127.0.0.1:1' },
  }
  const settings = readSettings({
    text: JSON.stringify({
      gateway: { tunnel: `localhost:${gateway.port}`, est: `https://localhost:${estPort}`, caFile, trustDomain: 'acme.example' },
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      enrolment: { password: 'one-time' },
      stateDir,
      // The test's panel is not on a screen that a session can reach.
      panel: { port: 0, pagesDir: stateDir, onThisMachine: false },
      remoteService: 'on',
      operators: ['Olga', 'Omar'],
      services,
      ...more,
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  return startAgent({ settings, clock, random: systemRandom, logger: silentLogger, ...(updates === undefined ? {} : { updates }) })
}

export function sessionRequest(change: Partial<SessionRequest> = {}): SessionRequest {
  const now = Math.floor(Date.now() / 1000)
  return {
    v: 1,
    kind: 'open',
    session: `ses_${systemRandom.hex(16)}`,
    device: 'press-1',
    gateway: 'acme.example',
    technician: { id: 'per_1', name: 'Mia Maier', organisation: 'Acme', photo_sha256: null },
    services: ['hmi', 'plc', 'gone', 'lost'],
    purpose: 'Replace the valve',
    ticket: null,
    duration_s: 600,
    requested_at: now,
    expires_at: now + 120,
    salt: systemRandom.bytes(32).toString('base64'),
    ...change,
  }
}

export function exchange(stream: Duplex, options: RequestOptions, body?: string | Buffer): Promise<HttpAnswer> {
  return send({ ...options, createConnection: () => stream }, body)
}

/** One HTTP exchange over whatever connection the options give. */
export function send(options: RequestOptions, body?: string | Buffer): Promise<HttpAnswer> {
  const headers = { host: 'sallyport.invalid', ...(options.headers as Record<string, string> | undefined) }
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ setHost: false, ...options, headers })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ response, body: Buffer.concat(chunks) }))
    })
    sent.end(body)
  })
}
