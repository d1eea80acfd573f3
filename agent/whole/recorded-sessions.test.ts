import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PanelHistoryEntry, RecordedEntry, RecordingPartBody } from '../panel/panel-api.ts'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { openTestPage } from '../testing/test-mirror.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const pageId = 'a'.repeat(32)
const snapshot = [
  { type: 4, data: { href: 'http://m/', width: 800, height: 600 }, timestamp: 1 },
  { type: 2, data: { node: 'first' }, timestamp: 2 },
]
const click = { type: 3, data: { source: 2, type: 2, id: 7 }, timestamp: 4 }
const page = { url: 'http://m/', title: 'Start', width: 800, height: 600 }
const end = () => bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
const inHistory = async (session: string): Promise<PanelHistoryEntry | undefined> =>
  (await bench.panel.state()).history.find((one) => one.session === session)
const kept = (session: string) => expect.poll(async () => (await inHistory(session))?.recording?.state).toBe('kept')

async function read(session: string): Promise<RecordedEntry[]> {
  const entries: RecordedEntry[] = []
  for (let part: number | null = 0; part !== null;) {
    const { status, body } = await bench.panel.call('GET', `/api/recordings/${session}/${part}`)
    expect(status).toBe(200)
    const answer = JSON.parse(body) as RecordingPartBody
    entries.push(...answer.entries)
    part = answer.next
  }
  return entries
}

async function usedSession(): Promise<string> {
  const { session } = await bench.openSession()
  const opened = await openTestPage(bench, session, pageId)
  opened.send({ page, events: snapshot }, { events: [click] })
  await bench.through(session, { path: '/start?now', method: 'POST' }, 'body')
  await bench.gateway.request('GET', '/v1/everything')
  await bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', paused: true } })
  await bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', paused: false } })
  return session
}

describe('a recorded session', () => {
  it('holds what was seen, forwarded, refused and held, also after the agent started anew', async () => {
    const session = await usedSession()
    expect((await bench.panel.state()).session?.recording).toEqual({ state: 'on', stopped: null })
    expect((await inHistory(session))?.recording?.state).toBe('recording')
    expect((await bench.panel.call('GET', `/api/recordings/${session}/0`)).status).toBe(404)
    await end()
    await kept(session)
    const check = async (): Promise<void> => {
      const entries = await read(session)
      const of = (kind: RecordedEntry['kind']) => entries.filter((one) => one.kind === kind)
      expect(entries[0]).toMatchObject({ kind: 'begin', session, purpose: 'Replace the valve', technician: { name: 'Mia Maier' } })
      expect(of('pages')).toContainEqual(expect.objectContaining({ pages: [expect.objectContaining({ id: pageId, told: page })] }))
      expect(of('batch')).toMatchObject([
        { page: pageId, n: 1, fresh: true, batch: { events: snapshot } },
        { page: pageId, n: 2, fresh: false, batch: { events: [click] } },
      ])
      expect(of('request')).toMatchObject([
        { request: { method: 'POST', path: '/start?now', status: 200, done: true, verdict: 'explained', service: 'Operating panel' } },
      ])
      expect(of('refused')).toMatchObject([{ refused: { what: 'question', subject: 'GET /v1/everything', count: 1 } }])
      expect(of('conduct').map((one) => one.kind === 'conduct' && one.paused)).toEqual([false, true, false])
      expect(entries.at(-1)?.kind).toBe('end')
      const times = entries.map(({ at }) => at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
    await check()
    const file = join(bench.stateDir, 'recordings', `${session}.recording`)
    expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700])
    await bench.agent.close()
    await bench.restart()
    await check()
  })

  it('is given to a paired panel alone, by its whole name', async () => {
    const session = await usedSession()
    await end()
    await kept(session)
    for (const path of [`${session}/7`, `${session}/999999999`, `ses_${'0'.repeat(32)}/0`, session, `..%2f${session}/0`, `${session}/-1`])
      expect((await bench.panel.call('GET', `/api/recordings/${path}`)).status).toBe(404)
    bench.panel.secret = 'x'.repeat(43)
    expect((await bench.panel.call('GET', `/api/recordings/${session}/0`)).status).toBe(401)
  })

  it('is deleted where the site has no PINs by whoever stands at the panel, while nobody is in, and the history names him', async () => {
    const session = await usedSession()
    await end()
    await kept(session)
    const ask = async (what: string, body: object): Promise<unknown[]> => {
      const answer = await bench.panel.call('POST', `/api/recordings/${session}/${what}`, { body })
      return [answer.status, (JSON.parse(answer.body) as { code?: string }).code]
    }
    expect(await ask('protect', { operator: 'Nobody', protected: true })).toEqual([400, 'unknown_operator'])
    expect(await ask('protect', { operator: 'Olga' })).toEqual([400, 'bad_request'])
    expect(await ask('protect', { operator: 'Olga', protected: true })).toEqual([200, undefined])
    expect((await inHistory(session))?.recording?.protected_by).toBe('Olga')
    await bench.openSession()
    for (const body of [{ operator: 'Olga' }, { operator: 'Olga', protected: false }])
      expect(await ask('protected' in body ? 'protect' : 'delete', body)).toEqual([403, 'needs_proof'])
    expect((await read(session)).length).toBeGreaterThan(0)
    await end()
    expect(await ask('delete', { operator: 'Nobody' })).toEqual([400, 'unknown_operator'])
    expect(await ask('delete', { operator: 'Olga' })).toEqual([200, undefined])
    const { acts } = await bench.panel.state()
    expect([(await inHistory(session))?.recording, acts[0]]).toMatchObject([
      { state: 'deleted', by: 'Olga', protected_by: null },
      { act: 'recording_deleted', by: 'Olga' },
    ])
    expect(existsSync(join(bench.stateDir, 'recordings', `${session}.recording`))).toBe(false)
  })

  it('goes on where its file is not writable, and says that it is not recorded', async () => {
    const folder = join(bench.stateDir, 'recordings')
    rmSync(folder, { recursive: true })
    const { session } = await bench.openSession()
    await expect
      .poll(async () => (await bench.panel.state()).session?.recording, { timeout: 3_000 })
      .toEqual({ state: 'stopped', stopped: 'broken' })
    expect((await bench.through(session, { path: '/' })).response.statusCode).toBe(200)
    await end()
    await expect.poll(async () => (await inHistory(session))?.recording).toMatchObject({ state: 'lost', stopped: 'broken' })
    expect(existsSync(folder)).toBe(false)
  })
})

describe('recording that the customer switched off', () => {
  it('keeps nothing, and says so', async () => {
    const off = await createBenchAuthority({ settings: { recordings: 'off' } })
    const other = await off.open()
    const { session } = await other.openSession()
    expect((await other.panel.state()).session?.recording).toEqual({ state: 'off', stopped: null })
    await other.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    expect((await other.panel.state()).history[0]).toMatchObject({ session, recording: null })
    expect(readdirSync(join(other.stateDir, 'recordings'))).toEqual([])
    await other.close()
    off.close()
  })
})
