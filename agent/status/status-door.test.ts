import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { requestDigest } from '../wire/session-request.ts'
import { askStatus } from './ask-status.ts'
import { openStatusDoor, statusSocket } from './status-door.ts'

describe('what a running agent says about itself', () => {
  let authority: BenchAuthority
  let bench: AgentBench

  beforeAll(async () => {
    authority = await createBenchAuthority()
    bench = await authority.open()
  })
  afterAll(async () => {
    await bench.close()
    authority.close()
  })

  it('is how it is now, also while somebody asks and is in, and names nobody', async () => {
    const asked = sessionRequest({ ticket: 'T-4711' })
    expect((await bench.show(asked)).status).toBe(202)
    expect(await askStatus(bench.stateDir)).toMatchObject({ request_waiting: true, session: null })
    const press = { body: { digest: requestDigest(asked), operator: 'Olga' } }
    expect((await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, press)).status).toBe(200)
    const status = await askStatus(bench.stateDir)
    expect(status).toMatchObject({
      schemaVersion: 1,
      pid: process.pid,
      connection: { state: 'connected' },
      gateway: `localhost:${bench.gateway.port}`,
      request_waiting: false,
      session: { services: ['hmi', 'plc', 'gone', 'lost'], mode: 'attended', paused: false, view_only: false },
      panel: { url: bench.agent.panelUrl, operators: 2, pins: false },
    })
    const { session } = status!
    expect(session!.expires_at - session!.started_at).toBeGreaterThan(500_000)
    expect(JSON.stringify(status)).not.toMatch(/Mia|Maier|Acme|valve|T-4711|Olga|Omar|per_1|ses_|127\.0\.0\.1:\d+"}/)
  })

  it('can be asked by its own user alone, and by nobody once it has ended', async () => {
    expect(statSync(statusSocket(bench.stateDir)).mode & 0o777).toBe(0o600)
    // Somebody who asks and does not go away does not keep the agent from ending.
    const lingering = connect({ path: statusSocket(bench.stateDir), allowHalfOpen: true }).on('error', () => {})
    await bench.agent.close()
    lingering.destroy()
    expect(await askStatus(bench.stateDir)).toBeNull()
    await bench.restart()
    expect(await askStatus(bench.stateDir)).toMatchObject({ pid: process.pid })
  })
})

describe('the socket', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-status-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('of an agent that was killed is taken over', async () => {
    // What `kill -9` leaves: a socket at which nobody listens.
    const script = `require('node:net').createServer().listen(${JSON.stringify(statusSocket(folder))}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect([existsSync(statusSocket(folder)), await askStatus(folder)]).toEqual([true, null])
    const door = await openStatusDoor({ stateDir: folder, logger: silentLogger })
    await expect(askStatus(folder)).rejects.toMatchObject({ code: 'no_answer' })
    await door.close()
    expect(existsSync(statusSocket(folder))).toBe(false)
    expect(await askStatus(join(folder, 'none'))).toBeNull()
  })

  it('whose path is too long for a socket is none, and the agent starts all the same', async () => {
    const deep = join(folder, 'x'.repeat(100))
    mkdirSync(deep)
    const warned: string[] = []
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => void warned.push(message) }
    const door = await openStatusDoor({ stateDir: deep, logger })
    expect(warned).toEqual([expect.stringContaining('cannot be asked for its status')])
    await door.close()
  })
})
