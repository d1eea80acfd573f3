import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentStatus } from '../status/agent-status.ts'
import { askStatus } from '../status/ask-status.ts'
import { deviceUri } from '../testing/agent-bench.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { startTestEstServer } from '../testing/test-est-server.ts'
import { startTestGateway } from '../testing/test-gateway.ts'
import type { TestGateway } from '../testing/test-gateway.ts'
import { endProgram, freePort, pathOf, untilListening } from '../../test/support/native-program.ts'
import { openOwnNetwork } from '../../test/support/own-network.ts'
import type { OwnNetwork } from '../../test/support/own-network.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))
const network = openOwnNetwork()
const whyNot = network === null ? ' (not run: no network namespace can be made here; it takes root, ip and tc)' : ''

describe.skipIf(network === null)(`a machine in another network${whyNot}`, () => {
  const line = network as OwnNetwork
  let stack: AsyncDisposableStack
  let folder: string
  let gateway: TestGateway
  let servers: Server[]
  let [tunnelPort, estPort] = [0, 0]
  let agents: ChildProcess[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agent-other-network-'))
    servers = []
    agents = []
    stack = new AsyncDisposableStack()
    const authority = createTestAuthority()
    stack.defer(authority.remove)
    const est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
    stack.defer(est.close)
    gateway = await startTestGateway({ authority })
    stack.defer(gateway.close)
    ;[tunnelPort, estPort] = [await lead(gateway.port), await lead(est.port)]
    const to = { tunnel: `${line.ourAddress}:${tunnelPort}`, est: `https://${line.ourAddress}:${estPort}` }
    const settings = {
      gateway: { ...to, caFile: authority.caFile, trustDomain: 'acme.example', serverName: 'localhost' },
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      enrolment: { password: 'one-time' },
      stateDir: 'state',
      panel: { port: 0 },
      remoteService: 'on',
      operators: ['Olga'],
      services: {},
    }
    writeFileSync(join(folder, 'agent.json'), JSON.stringify(settings))
  })
  afterEach(async () => {
    for (const agent of agents) agent.kill('SIGKILL')
    for (const server of servers) server.close()
    await stack.disposeAsync()
    rmSync(folder, { recursive: true })
  })
  afterAll(() => line[Symbol.dispose]())

  /** The gateway of a test listens on loopback; this is how it is reached from the other network. */
  async function lead(port: number): Promise<number> {
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      for (const socket of [near, far]) socket.on('error', () => {})
      near.pipe(far).pipe(near)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, line.ourAddress, resolve))
    return (server.address() as AddressInfo).port
  }

  function startAgent(environment: NodeJS.ProcessEnv = {}): void {
    const [command = '', ...inside] = line.inside
    const args = [...inside, process.execPath, program, 'run', '--config', join(folder, 'agent.json')]
    const agent = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...environment } })
    agents.push(agent)
  }

  const untilStatus = (match: Partial<AgentStatus['connection']>, timeout = 40_000): Promise<AgentStatus> =>
    vi.waitFor(
      async () => {
        const status = await askStatus(join(folder, 'state'))
        expect(status?.connection).toMatchObject(match)
        return status as AgentStatus
      },
      { timeout, interval: 200 },
    )

  it('goes out through the proxy that HTTPS_PROXY names (tinyproxy, with a password), and past it where NO_PROXY says so', async () => {
    const port = await freePort()
    const log = join(folder, 'tinyproxy.log')
    const lines = [
      `Port ${port}`,
      `Listen ${line.ourAddress}`,
      'Timeout 600',
      `LogFile "${log}"`,
      'LogLevel Connect',
      'BasicAuth press open-sesame',
    ]
    writeFileSync(join(folder, 'tinyproxy.conf'), `${lines.join('\n')}\nMaxClients 20\n`)
    const proxy = spawn(pathOf('tinyproxy'), ['-d', '-c', join(folder, 'tinyproxy.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
    stack.defer(() => endProgram(proxy, join(folder, 'none')))
    await untilListening(proxy, port, line.ourAddress)
    const asked = (): number => readFileSync(log, 'utf8').match(new RegExp(`CONNECT ${line.ourAddress}:${tunnelPort} `, 'g'))?.length ?? 0

    const at = `@${line.ourAddress}:${port}`
    startAgent({ HTTPS_PROXY: `http://press:wrong${at}` })
    await untilStatus({ state: 'enrolment_failed', reason: 'proxy_wants_password' })
    agents.pop()?.kill('SIGKILL')
    startAgent({ HTTPS_PROXY: `http://press:open-sesame${at}` })
    await untilStatus({ state: 'connected' })
    expect(asked()).toBeGreaterThan(0)
    const before = asked()
    agents.pop()?.kill('SIGKILL')
    startAgent({ HTTPS_PROXY: `http://press:open-sesame${at}`, NO_PROXY: '10.213.77.0/24' })
    await vi.waitFor(() => expect(gateway.connections).toBe(2), { timeout: 20_000 })
    await untilStatus({ state: 'connected' })
    expect(asked()).toBe(before)
  })

  it('that gives it another address: it is connected again from that one', async () => {
    startAgent()
    const { connection } = await untilStatus({ state: 'connected' })
    line.moveInside()
    const movedAt = performance.now()
    await vi.waitFor(() => expect(gateway.connections).toBe(2), { timeout: 40_000 })
    const again = await untilStatus({ state: 'connected' })
    expect(again.connection.since).toBeGreaterThan(connection.since)
    // 15 s until the line counts as dead, and 5 s at most between two dials of a gateway that cannot be reached.
    expect(performance.now() - movedAt).toBeLessThan(30_000)
  })
})
