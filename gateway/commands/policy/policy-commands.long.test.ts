import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { policiesDir } from '../../../policies/project-opa.ts'
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
    expect([early.code, early.err]).toEqual([1, expect.stringMatching(/approve/i)])

    const review = { verdict: 'approved', comment: 'Looked at it', expected_active: world.policies.active?.revision }
    const url = `/api/v1/policy/revisions/${revision}/reviews`
    expect((await world.send('other of the security team', { method: 'POST', url, payload: review })).statusCode).toBe(201)
    const activated = await policy('activate', dir, '-m', 'As agreed', '--json')
    expect([activated.code, json(activated)]).toMatchObject([0, { activated: { revision, sequence: 2, ended_sessions: 0 } }])
    expect((await policy('diff', dir)).code).toBe(0)
    const back = await policy('rollback', '-m', 'Not yet')
    expect([back.code, back.out]).toEqual([0, expect.stringContaining('decides from now on (activation 3)')])
  }, 120_000)

  it('say file and line where they are refused', async () => {
    const text = await readFile(region(), 'utf8')
    await writeFile(region(), text.replace('input.device.region in', 'http.send({}) in'))
    const refused = await policy('submit', dir, '-m', 'A try')
    await writeFile(region(), text)
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^ {2}- rules\/region\.rego:\d+: /mu)])
    expect((await policy('submit', dir)).code).toBe(2)
    expect((await policy('activate', dir, '-m', 'x', '--confirm-denied', 'much')).code).toBe(2)
  }, 60_000)
})
