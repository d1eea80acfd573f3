import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import { systemRandom } from '../basics/random.ts'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'

/**
 * What a power cut, a broken disk or a careless hand leaves of each file that the agent writes (test/faults/README.md has the table). `agent.json` here says
 * "on", and the operator has switched off: whatever is lost, that must not come back by itself.
 */
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

const file = (name: string): string => join(bench.stateDir, name)
const half = (name: string): void => truncateSync(file(name), Math.floor(readFileSync(file(name)).length / 2))
const turn = (enabled: boolean) => bench.panel.call('POST', '/api/remote', { body: { enabled, operator: 'Olga' } })

/** Starts on what is there; what it says where it does not. */
async function startOn(damage: () => void): Promise<string | null> {
  await bench.agent.close()
  damage()
  try {
    await bench.restart()
    return null
  } catch (error) {
    if (error instanceof AgentError) return `${error.code} ${error.message}`
    throw error
  }
}

/** The panel's browser was forgotten with the records: it is paired again. */
async function pairAgain(): Promise<void> {
  if ((await bench.panel.call('GET', '/api/state')).status !== 200) await bench.panel.pair(bench.agent.pairingUrl)
}

describe('the records', () => {
  it.each<readonly [string, () => void]>([
    ['removed', () => rmSync(file('agent.db'))],
    ['empty', () => truncateSync(file('agent.db'), 0)],
    ['of the machine before this one', () => writeFileSync(file('records.id'), `${'0'.repeat(32)}\n`)],
  ])('that are gone (%s) leave everything off, and the panel says why', async (_how, damage) => {
    expect((await turn(false)).status).toBe(200)
    const dials = bench.gateway.connections
    expect(await startOn(damage)).toBeNull()
    await pairAgain()
    const { remote, services, acts } = await bench.panel.state()
    expect([remote.on, remote.by, services.map(({ enabled }) => enabled)]).toEqual([false, null, services.map(() => false)])
    expect(acts[0]?.act).toBe('records_lost')
    expect(bench.gateway.connections).toBe(dials)
    expect((await turn(true)).status).toBe(200)
    await bench.connected()
  })

  it.each<readonly [string, () => void]>([
    ['cut in half', () => half('agent.db')],
    ['cut to their first page', () => truncateSync(file('agent.db'), 4_096)],
    ['nonsense', () => writeFileSync(file('agent.db'), systemRandom.bytes(50_000))],
    ['changed in the middle', () => writeFileSync(file('agent.db'), withNonsenseAt(readFileSync(file('agent.db')), 2 * 4_096))],
    ['a folder', () => (rmSync(file('agent.db')), mkdirSync(file('agent.db')))],
  ])('that are broken (%s) are never used: the agent says which file, and what to do', async (_how, damage) => {
    expect((await turn(false)).status).toBe(200)
    const said = await startOn(damage)
    expect(said).toMatch(/^state_unreadable /u)
    expect(said).toContain(file('agent.db'))
    // As it says.
    if (said?.includes('move it') !== true) return
    for (const name of ['agent.db', 'agent.db-wal']) rmSync(file(name), { force: true })
    await bench.restart()
    await pairAgain()
    expect((await bench.panel.state()).remote.on).toBe(false)
  })

  it('survive what is torn beside them', async () => {
    expect((await turn(false)).status).toBe(200)
    const damage = (): void => {
      writeFileSync(file('agent.db-wal'), systemRandom.bytes(10_000))
      writeFileSync(file('agent.db-journal'), systemRandom.bytes(10_000))
      for (const name of ['.device.key.tmp', '.device.crt.tmp', '.records.id.tmp', '.agent.pid.tmp']) writeFileSync(file(name), 'half a')
      writeFileSync(file('agent.pid'), 'nonsense')
    }
    expect(await startOn(damage)).toBeNull()
    expect((await bench.panel.state()).remote).toMatchObject({ on: false, by: 'Olga' })
    expect(readFileSync(file('agent.pid'), 'utf8')).toBe(`${process.pid}\n`)
    expect(existsSync(file('.agent.pid.tmp'))).toBe(false)
  })
})

describe('key and certificate', () => {
  it.each([
    ['empty', () => truncateSync(file('device.key'), 0)],
    ['half', () => half('device.key')],
    ['nonsense', () => writeFileSync(file('device.key'), systemRandom.bytes(500))],
  ])('a key that is %s is never replaced: the panel says that it is not usable', async (_how, damage) => {
    expect(await startOn(damage)).toBeNull()
    const broken = readFileSync(file('device.key'))
    await expect.poll(async () => (await bench.panel.state()).connection).toMatchObject({ state: 'enrolment_failed', reason: 'bad_key' })
    expect(readFileSync(file('device.key'))).toEqual(broken)
    const asked = await bench.panel.call('POST', '/api/remote', { body: { enabled: false, operator: 'Olga' } })
    expect(asked.status).toBe(200)
  })

  it.each([
    ['empty', () => truncateSync(file('device.crt'), 0)],
    ['half', () => half('device.crt')],
    ['nonsense', () => writeFileSync(file('device.crt'), systemRandom.bytes(500))],
    ['removed', () => rmSync(file('device.crt'))],
  ])('a certificate that is %s is asked for again, for the same key', async (_how, damage) => {
    const key = readFileSync(file('device.key'))
    expect(await startOn(damage)).toBeNull()
    await bench.connected()
    expect(readFileSync(file('device.key'))).toEqual(key)
    expect(readdirSync(bench.stateDir).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

const mayMount = ((): boolean => {
  const at = mkdtempSync(join(tmpdir(), 'agent-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', at], { stdio: 'pipe' })
    execFileSync('umount', [at], { stdio: 'pipe' })
    return true
  } catch {
    return false
  } finally {
    rmSync(at, { recursive: true })
  }
})()

describe.skipIf(!mayMount)(`a disk that takes nothing${mayMount ? '' : ' (not run: it takes root)'}`, () => {
  const mount = (...options: readonly string[]): void => void execFileSync('mount', [...options, bench.stateDir], { stdio: 'pipe' })
  const unmount = (): void => void execFileSync('umount', ['--lazy', bench.stateDir], { stdio: 'pipe' })
  afterEach(() => unmount())

  it('keeps the agent from starting, which says so: read-only', async () => {
    mount('--bind', bench.stateDir)
    const said = await startOn(() => mount('-o', 'remount,ro,bind'))
    expect(said).toMatch(/^state_unreadable .*(?:EROFS|read-?only)/u)
    expect(said).toContain('Check owner, rights and free space')
  })

  it('keeps the agent from starting, which says so: full', async () => {
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
    const said = await startOn(() => {
      try {
        for (let at = 0; at < 64; at += 1) writeFileSync(file(`filler-${at}`), Buffer.alloc(4_096))
      } catch {
        // It is full.
      }
    })
    expect(said).toMatch(/^state_un(?:readable|writable) /u)
    expect(said).toMatch(/free space/u)
  })
})

function withNonsenseAt(bytes: Buffer, from: number): Buffer {
  systemRandom.bytes(6_000).copy(bytes, from)
  return bytes
}
