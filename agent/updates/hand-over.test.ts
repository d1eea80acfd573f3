import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { testProgram, testSigners, writePackage } from '../testing/test-updates.ts'
import type { TestPackage } from '../testing/test-updates.ts'
import { handOver } from './hand-over.ts'
import type { HandOver } from './hand-over.ts'
import { openPackage } from './package-file.ts'
import { startTrial } from './system-launcher.ts'
import { programFile, storeProgram } from './version-store.ts'
import { readVersions, versionsFolder, writeVersions } from './versions-record.ts'
import type { Trial, VersionsRecord } from './versions-record.ts'

const { trust, signers } = testSigners()
const signedBy = [signers.anna, signers.ben]
let stateDir: string
let clock: FakeClock
let stop: (signal: 'SIGTERM' | 'SIGINT') => void
let stopped: Promise<'SIGTERM' | 'SIGINT'>

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-versions-'))
  clock = new FakeClock()
  stopped = new Promise((resolve) => (stop = resolve))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

const launch = (version = '1.0.0', pinned = trust): Promise<HandOver> =>
  handOver({
    stateDir,
    trust: pinned,
    version,
    clock,
    random: systemRandom,
    logger: silentLogger,
    stopped,
    start: (file) => startTrial(file, ['run', '--trial']),
    saysVersion: async (file) => execFileSync(file, ['--version'], { encoding: 'utf8' }).trim(),
  })

/** Stores a program as an update would. @returns its name */
async function store(version: string, body: string, change: Partial<TestPackage> = {}): Promise<string> {
  const path = join(stateDir, 'x.package')
  const { sha256 } = writePackage(path, { program: testProgram(version, body), version, signedBy, ...change })
  const opened = await openPackage(path, change.signedBy === undefined ? trust : { ...trust, keys: [], threshold: 0 })
  await storeProgram(stateDir, opened)
  await opened.close()
  rmSync(path)
  return sha256
}

const nothing: VersionsRecord = { v: 1, current: null, previous: null, trial: null, floor: null, outcome: null }
const write = (change: Partial<VersionsRecord>): Promise<void> => writeVersions(stateDir, { ...nothing, ...change })
const trialOf = (program: string, change: Partial<Trial> = {}): Trial => ({
  program,
  version: '2.0.0',
  from: '1.0.0',
  by: 'Olga',
  withinS: 60,
  begun: 0,
  ...change,
})
const become = (program: string): HandOver => ({ kind: 'become', file: programFile(stateDir, program) })
/** Stays until it is told to end, and says that it is there. */
const stays = (then = '', first = ''): string =>
  `${first}; require('node:fs').writeFileSync(${JSON.stringify(join(stateDir, 'alive'))}, ''); ${then}; setInterval(() => {}, 1e6)`
const isAlive = (): Promise<void> => vi.waitFor(() => expect(existsSync(join(stateDir, 'alive'))).toBe(true), { timeout: 10_000 })

const reaches = "line.write('reached\\n', () => process.exit(75))"

describe('a version that is tried', () => {
  it('is the version of the machine once it has reached the gateway, and the launcher becomes it', async () => {
    const program = await store('2.0.0', reaches)
    await write({ trial: trialOf(program) })
    expect(await launch()).toEqual(become(program))
    expect(await readVersions(stateDir)).toMatchObject({
      current: program,
      previous: null,
      trial: null,
      floor: '2.0.0',
      outcome: { what: 'installed', version: '2.0.0', from: '1.0.0', by: 'Olga', reason: null, atMs: clock.nowMs() },
    })
    // And so at each start.
    expect(await launch()).toEqual(become(program))
  })

  it.each<[string, string]>([
    ['fails at once', 'process.exit(1)'],
    ['ends at once, as if nothing were', 'process.exit(0)'],
    ['kills itself', "process.kill(process.pid, 'SIGKILL')"],
    ['says something else on its line', "line.write('reached? no\\n', () => process.exit(1))"],
  ])('is taken back when it %s', async (_what, body) => {
    const program = await store('2.0.0', body)
    await write({ trial: trialOf(program) })
    expect(await launch()).toEqual({ kind: 'self' })
    const outcome = { what: 'rolled_back', version: '2.0.0', from: '1.0.0', reason: 'crashed', by: 'Olga' }
    expect(await readVersions(stateDir)).toMatchObject({ current: null, trial: null, floor: null, outcome })
    expect(readdirSync(versionsFolder(stateDir))).toEqual(['record.json'])
  })

  it.each<[string, string]>([
    ['never reaches the gateway', ''],
    ['hangs', 'for (;;);'],
    ['does not want to end', "process.on('SIGTERM', () => {})"],
  ])('is taken back after its minute, and not before, when it %s', async (_what, body) => {
    const program = await store('2.0.0', stays(body))
    await write({ trial: trialOf(program) })
    let over = false
    const launched = launch().finally(() => (over = true))
    await isAlive()
    clock.advance(59_999)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(over).toBe(false)
    clock.advance(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    // What does not end when it is asked to is ended.
    clock.advance(5_000)
    expect(await launched).toEqual({ kind: 'self' })
    expect((await readVersions(stateDir)).outcome).toMatchObject({ what: 'rolled_back', reason: 'not_reached' })
  })

  it('goes back to the version before it, which is still there', async () => {
    const [old, broken] = [await store('2.0.0', ''), await store('3.0.0', 'process.exit(1)')]
    await write({ current: old, floor: '2.0.0', trial: trialOf(broken, { version: '3.0.0', from: '2.0.0' }) })
    expect(await launch()).toEqual(become(old))
    expect(await readVersions(stateDir)).toMatchObject({ current: old, floor: '2.0.0', outcome: { version: '3.0.0', from: '2.0.0' } })
  })

  it('is not to blame when somebody ends the launcher, and is tried again', async () => {
    const program = await store('2.0.0', stays('', "process.on('SIGTERM', () => process.exit(3))"))
    await write({ trial: trialOf(program) })
    const launched = launch()
    await isAlive()
    stop('SIGTERM')
    expect(await launched).toEqual({ kind: 'exit', end: { code: 3, signal: null } })
    expect(await readVersions(stateDir)).toMatchObject({ trial: { begun: 1 }, outcome: null })
  })

  it('is taken back when its launcher did not live to see its end twice: it may bring the machine down', async () => {
    const program = await store('2.0.0', reaches)
    await write({ trial: trialOf(program, { begun: 2 }) })
    expect(await launch()).toEqual({ kind: 'self' })
    expect((await readVersions(stateDir)).outcome).toMatchObject({ what: 'rolled_back', reason: 'interrupted' })
  })

  it('keeps the launcher beside it for as long as it does not leave, and what it ends with is the launcher’s end', async () => {
    const program = await store('2.0.0', stays("line.write('reached\\n'); process.on('SIGTERM', () => process.exit(0))"))
    await write({ trial: trialOf(program) })
    const launched = launch()
    await vi.waitFor(async () => expect((await readVersions(stateDir)).current).toBe(program), { timeout: 10_000 })
    clock.advance(3_600_000)
    stop('SIGTERM')
    expect(await launched).toEqual({ kind: 'exit', end: { code: 0, signal: null } })
  })

  it.each<[string, Partial<TestPackage>, string]>([
    ['signed by one', { signedBy: [signers.anna] }, 'too_few_signatures'],
    ['signed by a stranger', { signedBy: [signers.anna, signers.dora] }, 'too_few_signatures'],
    ['for another machine', { platform: 'plan9-mips' }, 'wrong_platform'],
  ])('is never started when it is %s, whoever wrote it into the state directory', async (_what, change, reason) => {
    const program = await store('2.0.0', stays(), change)
    await write({ trial: trialOf(program) })
    expect(await launch()).toEqual({ kind: 'self' })
    expect((await readVersions(stateDir)).outcome).toMatchObject({ what: 'rolled_back', reason })
    expect(existsSync(join(stateDir, 'alive'))).toBe(false)
  })
})

describe('the version of the machine', () => {
  it.each<[string, (file: string) => void]>([
    ['one byte was changed', (file) => appendFileSync(file, ' ')],
    ['it was replaced', (file) => writeFileSync(file, testProgram('2.0.0', ''))],
    ['it is gone', (file) => rmSync(file)],
    ['it may not be executed', (file) => chmodSync(file, 0o600)],
  ])('is left for the one before it when %s, and that one for the installed program', async (_what, spoil) => {
    const [old, current] = [await store('1.5.0', 'old'), await store('2.0.0', 'new')]
    await write({ current, previous: old, floor: '2.0.0' })
    spoil(programFile(stateDir, current))
    expect(await launch()).toEqual(become(old))
    const outcome = { what: 'rolled_back', version: '2.0.0', from: '1.5.0', reason: 'cannot_run' }
    expect(await readVersions(stateDir)).toMatchObject({ current: old, previous: null, floor: '2.0.0', outcome })
    spoil(programFile(stateDir, old))
    expect(await launch()).toEqual({ kind: 'self' })
    expect(await readVersions(stateDir)).toMatchObject({ current: null, outcome: { from: '1.0.0' } })
    expect(await launch()).toEqual({ kind: 'self' })
  })

  it('gives way to an installed program that is as new or newer', async () => {
    const current = await store('2.0.0', '')
    for (const installed of ['2.0.0', '2.1.0']) {
      await write({ current, floor: '2.0.0' })
      expect(await launch(installed)).toEqual({ kind: 'self' })
      expect(await readVersions(stateDir)).toMatchObject({ current: null, outcome: null })
    }
  })

  it('is nothing that keys of another build have signed', async () => {
    const current = await store('2.0.0', '')
    await write({ current, floor: '2.0.0' })
    expect(await launch('1.0.0', testSigners().trust)).toEqual({ kind: 'self' })
  })

  it.each(['', 'null', '{', '{"v":2}', '[]', '{"v":1,"current":"../../bin/sh","previous":null,"trial":null,"floor":null,"outcome":null}'])(
    'is the installed program where the record says %j',
    async (text) => {
      mkdirSync(versionsFolder(stateDir), { recursive: true })
      writeFileSync(join(versionsFolder(stateDir), 'record.json'), text)
      expect(await launch()).toEqual({ kind: 'self' })
    },
  )

  it('is the installed program where others may write among the versions', async () => {
    const current = await store('2.0.0', '')
    await write({ current })
    chmodSync(versionsFolder(stateDir), 0o770)
    expect(await launch()).toEqual({ kind: 'self' })
    expect(JSON.parse(readFileSync(join(versionsFolder(stateDir), 'record.json'), 'utf8'))).toMatchObject({ current })
  })
})
