import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { everyAttack } from '../../../agent/attack/every-attack.ts'
import { systemClock } from '../../../agent/basics/clock.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { attackCommand } from '../../../agent/commands/attack-command.ts'
import { agentVersion } from '../../../agent/version.ts'
import { customersSettings, programOf } from './customers-agent.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attack-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

const run = (change: Partial<Parameters<typeof attackCommand>[0]> = {}): Promise<boolean> =>
  attackCommand({
    settings: { ...customersSettings(), stateDir: join(folder, 'state') },
    program: programOf(),
    clock: systemClock,
    random: systemRandom,
    report: join(folder, 'report.md'),
    json: false,
    say: () => {},
    tell: () => {},
    attacks: everyAttack.filter(({ id }) => id === 'stream-without-approval' || id === 'refusals-are-shown'),
    ...change,
  })

it('is something to show to an auditor: which version, when, what was tried, what happened, and what was left alone', async () => {
  await mkdir(join(folder, 'state'))
  await writeFile(join(folder, 'state', 'agent.pid'), `${process.pid}\n`)
  const told: string[] = []
  expect(await run({ tell: (line) => void told.push(line) })).toBe(true)
  const report = await readFile(join(folder, 'report.md'), 'utf8')
  for (const part of [
    '# Attack on Press 1',
    '**Passed.** All 2 attacks were held off.',
    'Press 1 (press-1), Hall 3',
    'hmi (http), plc (tcp)',
    agentVersion,
    new Date().toISOString().slice(0, 10),
    `An agent runs with this configuration (process ${process.pid}). It is not touched`,
    '`stream-without-approval`',
    'hmi with no session: 400 bad_request, nothing reached a service',
    '## What this does not show',
  ])
    expect(report).toContain(part)
  expect(told.slice(-3)).toEqual(['passed  stream-without-approval', 'passed  refusals-are-shown', 'All 2 attacks were held off.'])
  expect(await readdir(join(folder, 'state'))).toEqual(['agent.pid'])
})

it('goes to whoever asked, where no file is named, and is a failure where nothing was tried', async () => {
  let said = ''
  expect(await run({ report: null, json: true, attacks: [], say: (text) => void (said += text) })).toBe(false)
  expect(JSON.parse(said)).toMatchObject({ tool: 'sallyport-agent attack', passed: false, attacks: [], device: { id: 'press-1' } })
})

it('that cannot be written is said before anything is tried', async () => {
  const told: string[] = []
  const report = join(folder, 'nowhere', 'report.md')
  await expect(run({ report, tell: (line) => void told.push(line) })).rejects.toMatchObject({ code: 'report_unwritable' })
  expect(told).toEqual([])
})
