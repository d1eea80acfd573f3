import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { policiesDir } from '../../../policies/project-opa.ts'
import type { Impact } from '../../http-api/contract/policy-ask.ts'
import { apiWorld, type ApiWorld } from '../../http-api/testing/api-world.ts'
import { policyRevision } from '../../policies-admin/policy-files.ts'
import { tokenHash } from '../../sign-in/sign-in-room.ts'
import { exampleSignIn } from '../../storage/testing/example-records.ts'
import { runCommandLine } from '../command-line.ts'

let world: ApiWorld
let folder: string
let dir: string
const token = 'x'.repeat(43)

beforeAll(async () => {
  world = await apiWorld()
  folder = await mkdtemp(join(tmpdir(), 'policy-commands-'))
  dir = join(folder, 'policies')
  await cp(policiesDir, dir, { recursive: true })
  const nowS = world.clock.nowS()
  const times = { createdAt: nowS, lastSeenAt: nowS, authenticatedAt: nowS, expiresAt: nowS + 36_000 }
  const { id: personId } = world.people['security team']
  await world.storage.signIns.insert(exampleSignIn('cli', { ...times, tokenHash: tokenHash(token), personId, client: 'command_line' }), [])
  const credentials = { portal: await world.listen(), token, expires_at: 4_000_000_000, name: 'Sam' }
  await writeFile(join(folder, 'credentials.json'), JSON.stringify(credentials))
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function policy(...args: readonly string[]): Promise<Ran> {
  const said = { out: '', err: '' }
  const hear = (stream: 'out' | 'err') => (chunk: unknown) => {
    said[stream] += String(chunk)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err')),
  ]
  vi.stubEnv('SALLYPORT_CREDENTIALS', join(folder, 'credentials.json'))
  try {
    return { code: await runCommandLine(['node', 'sallyport', 'policy', ...args]), ...said }
  } finally {
    process.exitCode = undefined
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}

const json = (ran: Ran): unknown => JSON.parse(ran.out)
const region = () => join(dir, 'rules/region.rego')

describe('policies from a folder', () => {
  it('are checked and tested offline, with places for programs', async () => {
    const good = await policy('check', dir, '--json')
    expect([good.code, json(good)]).toMatchObject([0, { schemaVersion: 1, ok: true, revision: policyRevision(dir), findings: [] }])
    const text = await readFile(region(), 'utf8')
    await writeFile(region(), text.replace('"outside_region"', '"elsewhere"'))
    const bad = await policy('check', dir, '--json')
    expect([bad.code, json(bad)]).toMatchObject([
      1,
      { ok: false, findings: [{ path: 'rules/region.rego', code: 'denial_without_text', severity: 'error' }] },
    ])
    expect((await policy('check', dir)).out).toMatch(/^FAILED lint\n {9}rules\/region\.rego:\d+:\d+: error denial_without_text: /m)
    expect(await policy('test', dir)).toMatchObject({ code: 1, out: expect.stringMatching(/^FAILED test/) as string })
    await writeFile(region(), text)
    expect((await policy('test', dir, '--json')).code).toBe(0)
  }, 120_000)

  it('are compared, submitted, approved by somebody else, activated and rolled back', async () => {
    expect(await policy('diff', dir)).toEqual({ code: 0, out: '', err: '' })
    await writeFile(region(), `${await readFile(region(), 'utf8')}# regions as they are from now on\n`)
    const differs = await policy('diff', dir)
    expect([differs.code, differs.out]).toEqual([1, expect.stringContaining('+# regions as they are from now on\n')])
    expect(json(await policy('diff', dir, '--json'))).toMatchObject({ files: [{ path: 'rules/region.rego', change: 'changed' }] })

    const submitted = await policy('submit', dir, '-m', 'Regions of 2027', '--json')
    const revision = policyRevision(dir)
    expect([submitted.code, json(submitted)]).toMatchObject([0, { revision: { revision, origin: 'git', tests: { failed: 0 } } }])
    const impact = await policy('impact', dir, '--json')
    expect([impact.code, json(impact)]).toMatchObject([0, { impact: { target: revision, sessions: [] } }])
    const early = await policy('activate', dir, '-m', 'As agreed')
    expect([early.code, early.err]).toEqual([5, expect.stringMatching(/approve/i)])
    const earlyJson = await policy('activate', dir, '-m', 'As agreed', '--json')
    expect([earlyJson.code, json(earlyJson)]).toMatchObject([
      5,
      {
        schemaVersion: 1,
        exit_code: 5,
        meaning: 'refused',
        error: { code: 'second_person_needed', message: expect.stringMatching(/approve/i) },
      },
    ])

    const review = { verdict: 'approved', comment: 'Looked at it', expected_active: world.policies.active?.revision }
    const url = `/api/v1/policy/revisions/${revision}/reviews`
    expect((await world.send('other of the security team', { method: 'POST', url, payload: review })).statusCode).toBe(201)
    const activated = await policy('activate', dir, '-m', 'As agreed', '--json')
    expect([activated.code, json(activated)]).toMatchObject([0, { activated: { revision, sequence: 2, ended_sessions: 0 } }])
    expect((await policy('diff', dir)).code).toBe(0)
    const status = await policy('status', '--json')
    expect([status.code, json(status)]).toMatchObject([
      0,
      {
        schemaVersion: 1,
        ok: true,
        status: { active: { revision, sequence: 2 }, serving: [{ points: [{ name: 'main', revision }, {}, {}] }] },
      },
    ])
    expect((await policy('status')).out).toMatch(/\n {2}main +sha256:[0-9a-f]{64} since .*\n {2}worker-\d+ +sha256:/)
    const back = await policy('rollback', '-m', 'Not yet')
    expect([back.code, back.out]).toEqual([0, expect.stringContaining('decides from now on (activation 3)')])
  }, 120_000)

  it('say before anything is live what their activation would do, with an exit code to stop at', async () => {
    const active = world.policies.active?.revision ?? ''
    const nothing = await policy('impact', active, '--json')
    expect(nothing.err).toBe('')
    expect([nothing.code, json(nothing)]).toMatchObject([
      0,
      { schemaVersion: 1, impact: { target: active, sessions: [], decisions_last_day: { would_be_denied: 0 } } },
    ])
    await world.send('technician', { method: 'GET', url: '/api/v1/machines' })
    const text = await readFile(region(), 'utf8')
    await writeFile(region(), text.replace('satisfied if input.device.region in', 'satisfied if "nowhere" in'))
    const unknown = await policy('impact', dir)
    expect([unknown.code, unknown.err]).toEqual([5, expect.stringMatching(/no such revision/i)])
    expect((await policy('submit', dir, '-m', 'Nobody anywhere')).code).toBe(1)
    const much = await policy('impact', dir, '--json')
    const { impact } = json(much) as { impact: Impact }
    expect([much.code, impact.target, impact.sessions]).toEqual([1, policyRevision(dir), []])
    expect(impact.decisions_last_day.would_be_denied).toBeGreaterThan(0)
    const told = await policy('impact', dir)
    await writeFile(region(), text)
    const { would_be_denied: denied, allowed } = impact.decisions_last_day
    expect([told.code, told.out]).toEqual([
      1,
      `0 open sessions would end\n0 would go on under other limits\n${denied} of the ${allowed} decisions that were allowed in the last day would be denied\n`,
    ])
  }, 120_000)

  it('say file and line where they are refused', async () => {
    const text = await readFile(region(), 'utf8')
    await writeFile(region(), text.replace('input.device.region in', 'http.send({}) in'))
    const refused = await policy('submit', dir, '-m', 'A try')
    await writeFile(region(), text)
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^ {2}- rules\/region\.rego:\d+: /mu)])
    await writeFile(region(), text.replace('input.device.region in', 'http.send({}) in'))
    const refusedJson = await policy('submit', dir, '-m', 'A try', '--json')
    const checked = await policy('check', dir, '--json')
    await writeFile(region(), text)
    const place = { path: expect.stringMatching(/^rules\/region\.rego:\d+$/u), message: expect.stringContaining('http.send') }
    expect(json(refusedJson)).toMatchObject({ exit_code: 1, meaning: 'findings', error: { code: 'policy_refused', problems: [place] } })
    expect(json(checked)).toMatchObject({
      ok: false,
      exit_code: 1,
      steps: [{ name: 'check' }, { name: 'test' }, { name: 'build' }, { name: 'lint' }],
      findings: expect.arrayContaining([expect.objectContaining({ path: 'rules/region.rego', line: 8, code: 'rego_type_error' })]),
    })
    expect((await policy('submit', dir)).code).toBe(2)
    expect(json(await policy('submit', dir, '--json'))).toMatchObject({ exit_code: 2, meaning: 'usage', error: { code: 'usage' } })
    expect(json(await policy('check', join(folder, 'none'), '--json'))).toMatchObject({
      exit_code: 2,
      error: { code: 'policy_not_readable' },
    })
    expect((await policy('activate', dir, '-m', 'x', '--confirm-denied', 'much')).code).toBe(2)
  }, 60_000)

  it('are never called well, or at fault, where nobody could be asked', async () => {
    const credentials = join(folder, 'credentials.json')
    const known = await readFile(credentials, 'utf8')
    await writeFile(credentials, known.replace(/127\.0\.0\.1:\d+|localhost:\d+/, 'localhost:9'))
    const impact = await policy('impact', dir, '--json')
    await writeFile(credentials, known)
    expect([impact.code, json(impact)]).toMatchObject([4, { exit_code: 4, meaning: 'unreachable', error: { code: 'unreachable' } }])
  }, 60_000)

  it('are told at once how large they may be, here and by the gateway', async () => {
    const many = join(dir, 'rules/many.rego')
    await writeFile(many, `package sallyport.rules.many\n\n${Array.from({ length: 10_000 }, (_, n) => `r${n} := ${n}`).join('\n')}\n`)
    const begun = performance.now()
    const [check, submit] = [await policy('check', dir, '--json'), await policy('submit', dir, '-m', 'Many')]
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(json(check)).toMatchObject({ ok: false, findings: [{ path: 'rules/many.rego', code: 'too_many_rules' }] })
    expect([submit.code, submit.err]).toEqual([1, expect.stringContaining(' rules, and 2,000 is the most')])
    await writeFile(many, `package sallyport.rules.many\n# ${'x'.repeat(10 * 1024 * 1024)}\n`)
    const big = await policy('submit', dir, '-m', 'Big')
    expect([big.code, big.err]).toEqual([1, expect.stringContaining('262,144 is the most')])
    await rm(many)
    const { portal } = JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8')) as { portal: string }
    expect(await sendAll(portal, 20 * 1024 * 1024)).toMatch(/^HTTP\/1\.1 413 .*this request takes 8,388,608 bytes at most\./s)
  }, 60_000)
})

/** A client that sends its whole body before it looks for an answer, as many do. Rejects where its connection is reset meanwhile. */
async function sendAll(portal: string, bytes: number): Promise<string> {
  const { hostname, port } = new URL(portal)
  const socket = connect(Number(port), hostname)
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  const head = `POST /api/v1/policy/revisions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${token}\r\n`
  socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`)
  try {
    for (let sent = 0; sent < bytes; sent += 65_536)
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.write(' '.repeat(65_536), () => resolve(void socket.off('error', reject)))
      })
    await vi.waitFor(() => expect(heard).toContain('too_large'))
    return heard
  } finally {
    socket.destroy()
  }
}
