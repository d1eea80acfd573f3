import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { hashPin } from '../operators/pin-hash.ts'
import { createBenchAuthority, exchange, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { startTestMachine } from '../testing/test-machine.ts'
import type { TestMachine } from '../testing/test-machine.ts'
import { requestDigest } from '../wire/session-request.ts'

const wired = mkdtempSync(join(tmpdir(), 'agent-enabling-'))
const [contact, running] = [join(wired, 'contact'), join(wired, 'pid')]
let machine: TestMachine
let authority: BenchAuthority
let bench: AgentBench

beforeAll(async () => {
  machine = await startTestMachine()
  authority = await createBenchAuthority({
    settings: {
      hardware: { enabling: { command: ['/bin/sh', '-c', `echo $$ > ${running}; exec tail -n0 -f ${contact}`] } },
      operators: [{ name: 'Olga', pin: await hashPin('2468', systemRandom), mayLoosen: true }],
    },
    services: {
      hmi: { kind: 'http', target: `127.0.0.1:${machine.httpPort}` },
      crane: { kind: 'tcp', target: `127.0.0.1:${machine.tcpPort}`, title: 'Crane', enabling: true },
    },
  })
})
afterAll(() => {
  authority.close()
  machine.close()
  rmSync(wired, { recursive: true })
})
beforeEach(async () => {
  writeFileSync(contact, '')
  bench = await authority.open()
  await expect
    .poll(async () => (await bench.panel.state()).hardware, { timeout: 5_000 })
    .toMatchObject({ enabling: { gone: null, held: false } })
})
afterEach(() => bench.close())

const put = (line: string): void => appendFileSync(contact, `${line}\n`)
const held = async () => (await bench.panel.state()).hardware?.enabling?.held
const open = async () => {
  const asked = sessionRequest({ services: ['hmi', 'crane'] })
  await bench.show(asked)
  const body = { digest: requestDigest(asked), operator: 'Olga', pin: '2468' }
  expect((await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, { body })).status).toBe(200)
  const { stream } = await bench.gateway.connect('crane', asked.session)
  const heard = { text: '' }
  stream.setEncoding('latin1').on('data', (chunk: string) => (heard.text += chunk))
  return { session: asked.session, stream, heard }
}

describe('a service that is used only while an input at the machine is held', () => {
  it('carries bytes for as long as it is held, while the others go on, and the technician is told why', async () => {
    const { session, stream, heard } = await open()
    stream.write('one ')
    expect((await exchange((await bench.gateway.connect('hmi', session)).stream, { path: '/' })).response.statusCode).toBe(200)
    await expect
      .poll(() => bench.events, { timeout: 5_000 })
      .toContainEqual(expect.objectContaining({ type: 'session.conduct', session, held: 'enabling', paused: false }))
    expect(heard.text).toBe('')
    expect((await bench.panel.state()).session?.services).toMatchObject([
      { name: 'hmi', held: false },
      { name: 'crane', held: true },
    ])
    put('1')
    await expect.poll(() => heard.text).toBe('one ')
    await expect.poll(() => bench.events.at(-1)).toMatchObject({ type: 'session.conduct', held: null })
    put('0')
    await expect.poll(held).toBe(false)
    stream.write('two ')
    expect((await exchange((await bench.gateway.connect('hmi', session)).stream, { path: '/' })).response.statusCode).toBe(200)
    expect(heard.text).toBe('one ')
    put('1')
    await expect.poll(() => heard.text).toBe('one two ')
  })

  it('is held back as well when its input says something else, or is not there', async () => {
    put('1')
    await expect.poll(held).toBe(true)
    put('held')
    await expect.poll(held).toBe(false)
    put('1')
    await expect.poll(held).toBe(true)
    process.kill(Number(readFileSync(running, 'utf8')), 'SIGKILL')
    await expect
      .poll(async () => (await bench.panel.state()).hardware?.enabling)
      .toEqual({ gone: 'SIGKILL', held: false, letGoFirst: false })
  })

  it('is entered by a press alone', async () => {
    const loosen = (path: string, body: object) => bench.panel.call('POST', path, { body: { operator: 'Olga', pin: '2468', ...body } })
    const refused = await loosen('/api/modes/crane', { mode: 'unattended' })
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('never_unattended')])
    expect((await loosen('/api/modes/hmi', { mode: 'unattended' })).status).toBe(200)
    await open()
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    const window = { technician: 'per_1', services: ['hmi', 'crane'], from: Date.now(), until: Date.now() + 60_000 }
    expect((await loosen('/api/windows', window)).body).toContain('never_unattended')
    await bench.show(sessionRequest({ services: ['hmi', 'crane'] }))
    expect(await bench.panel.state()).toMatchObject({ session: null, request: { services: [{ name: 'hmi' }, { name: 'crane' }] } })
  })
})
