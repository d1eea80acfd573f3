import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { expect, vi } from 'vitest'
import { deviceUri, sessionRequest } from '../../../agent/testing/agent-bench.ts'
import { createTestAuthority } from '../../../agent/testing/test-authority.ts'
import { startTestEstServer } from '../../../agent/testing/test-est-server.ts'
import { startTestGateway, type TestGateway } from '../../../agent/testing/test-gateway.ts'
import { startTestMachine } from '../../../agent/testing/test-machine.ts'
import { testPanel, type TestPanel } from '../../../agent/testing/test-panel.ts'
import { requestDigest } from '../../../agent/wire/session-request.ts'
import { startChild } from '../../bench/processes/ask-child.ts'
import { clientPreface, emptySettings, settingsAck } from './frames.ts'
import type { Weight } from './weigh-process.ts'

/** An agent in a process of its own, with a session that its operator allowed, between a machine and a gateway that is hostile when it is told to be. */
export interface AttackedAgent extends AsyncDisposable {
  readonly session: string
  readonly pid: number
  readonly panel: TestPanel
  readonly gateway: TestGateway
  /** The next connection of the agent, on which nobody's HTTP/2 library speaks. What `says` gives is all that it hears first. */
  accept(says?: Buffer): Promise<TLSSocket>
  /** The gateway is an honest one again, and the session goes on: bytes come back from the machine through its tunnel. */
  servesAnHonestGateway(): Promise<void>
  /** The operator's panel answers, and shows the session. */
  panelAnswers(): Promise<void>
  weigh(): Promise<Weight>
}

export async function startAttackedAgent(): Promise<AttackedAgent> {
  await using parts = new AsyncDisposableStack()
  const authority = createTestAuthority()
  parts.defer(() => authority.remove())
  const est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
  parts.defer(() => est.close())
  const gateway = await startTestGateway({ authority })
  parts.defer(() => gateway.close())
  const machine = await startTestMachine()
  parts.defer(() => machine.close())
  const folder = await mkdtemp(join(tmpdir(), 'attacked-agent-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const config = join(folder, 'agent.json')
  const settings = {
    gateway: {
      tunnel: `localhost:${gateway.port}`,
      est: `https://localhost:${est.port}`,
      caFile: authority.caFile,
      trustDomain: 'acme.example',
    },
    device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
    enrolment: { password: 'one-time' },
    stateDir: join(folder, 'state'),
    panel: { port: 0, pagesDir: folder },
    remoteService: 'on',
    operators: ['Olga'],
    services: {
      hmi: { kind: 'http', target: `127.0.0.1:${machine.httpPort}` },
      plc: { kind: 'tcp', target: `127.0.0.1:${machine.tcpPort}` },
    },
  }
  await writeFile(config, JSON.stringify(settings))
  const child = parts.use(startChild(new URL('attacked-agent-entry.ts', import.meta.url), { nodeArgs: ['--expose-gc'] }))
  const { panelUrl, pairingUrl } = await child.ask<{ panelUrl: string; pairingUrl: string }>('start', { config })
  const panel = testPanel(panelUrl)
  await panel.pair(pairingUrl)
  const connected = (): Promise<void> => vi.waitFor(async () => expect((await panel.state()).connection.state).toBe('connected'))
  await connected()
  const asked = sessionRequest({ services: ['hmi', 'plc'] })
  const { session } = asked
  expect((await gateway.request('PUT', `/v1/sessions/${session}`, { body: JSON.stringify({ request: asked, photo: null }) })).status).toBe(
    202,
  )
  const press = { digest: requestDigest(asked), operator: 'Olga' }
  expect((await panel.call('POST', `/api/requests/${session}/approve`, { body: press })).status).toBe(200)
  const all = parts.move()
  const untilHonest = async (): Promise<void> => {
    gateway.hostile = null
    await vi.waitFor(() => expect(gateway.tunnel).toBeDefined(), { timeout: 40_000 })
    await connected()
  }
  return {
    session,
    pid: child.pid,
    panel,
    gateway,
    accept(says = Buffer.concat([clientPreface, emptySettings, settingsAck])) {
      return new Promise((resolve) => {
        gateway.hostile = (socket) => {
          // Nobody is let in before the next attack wants it.
          gateway.hostile = (early) => void early.destroy()
          socket.write(says)
          resolve(socket)
        }
        gateway.tunnel?.destroy()
      })
    },
    async servesAnHonestGateway() {
      await untilHonest()
      const { stream, status } = await gateway.connect('plc', session)
      expect(status).toBe(200)
      let heard = ''
      stream.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
      stream.end('still here ')
      await vi.waitFor(() => expect(heard).toBe('still here bye'))
    },
    async panelAnswers() {
      expect((await panel.state()).session).toMatchObject({ id: session })
    },
    weigh: () => child.ask<Weight>('weigh'),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
