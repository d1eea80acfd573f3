import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { descendants, lives } from '../../test/support/process-tree.ts'
import { projectRoot } from '../../test/support/source-tree.ts'
import type { DemoDescription } from './demo-description.ts'

interface Started {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  readonly ended: Promise<number | null>
  /** The line of `--json`. */
  description(): Promise<DemoDescription>
}

let root: string
let running: Started[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
  running = []
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGTERM')
  await Promise.all(running.map(({ ended }) => ended))
  await rm(root, { recursive: true, force: true })
})

/** As `npm run demo -- ARGS` does. */
function runDemo(...args: string[]): Started {
  const command = [join(projectRoot, 'deploy/setup/run.mjs'), 'demo', ...args]
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const description = async (): Promise<DemoDescription> => {
    await expect.poll(() => said.out.includes('\n') || child.exitCode !== null, { timeout: 30_000 }).toBe(true)
    if (child.exitCode !== null) throw new Error(`the demo ended: ${said.err}`)
    return JSON.parse(said.out) as DemoDescription
  }
  const started = { child, said, ended, description }
  running.push(started)
  return started
}

const gone = async (pids: readonly number[], withinMs: number): Promise<void> => {
  expect(pids.length).toBeGreaterThanOrEqual(6)
  await expect.poll(() => pids.filter(lives), { timeout: withinMs, interval: 50 }).toEqual([])
}

describe('npm run demo -- --json', () => {
  it('prints one line with exactly the promised members, and keeps accounts and ports for the next start', async () => {
    const first = runDemo('--json', '--port', '0', '--data', 'kept')
    const description = await first.description()
    expect(first.said.out.trimEnd()).toBe(JSON.stringify(description))
    expect(Object.keys(description)).toEqual(['portal', 'issuer', 'api', 'tunnel', 'est', 'ca', 'accounts', 'machines'])
    for (const account of description.accounts) expect(Object.keys(account)).toEqual(['role', 'name', 'username', 'password'])
    expect(description.machines).toHaveLength(3)
    for (const machine of description.machines) {
      expect(Object.keys(machine)).toEqual(['id', 'name', 'region', 'product_line', 'panel', 'pid', 'services'])
      for (const service of machine.services) expect(Object.keys(service)).toEqual(['name', 'kind', 'target'])
      expect(lives(machine.pid)).toBe(true)
    }
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    const again = await runDemo('--json', '--port', '0', '--data', 'kept').description()
    expect({ ...again, machines: [] }).toEqual({ ...description, machines: [] })
  }, 60_000)

  it('runs twice side by side from one folder, on ports and data of their own', async () => {
    const [one, two] = await Promise.all([runDemo('--json', '--port', '0').description(), runDemo('--json', '--port', '0').description()])
    const addresses = ({ portal, tunnel, est, ca }: DemoDescription): string[] => [portal, tunnel, est, ca]
    expect(addresses(one).filter((address) => addresses(two).includes(address))).toEqual([])
  }, 60_000)
})

describe('the demo leaves nothing running', () => {
  it('five seconds after Ctrl-C, which the terminal gives to everybody, and no noise', async () => {
    const { child, description, ended, said } = runDemo('--json', '--port', '0', '--data', 'kept')
    await description()
    const pids = [child.pid ?? 0, ...descendants(child.pid ?? 0)]
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await gone(pids, 5_000)
    expect(await ended).toBe(0)
    expect(said.err).toBe('')
  }, 60_000)

  it.each(['the process that started it', 'the demo itself'])(
    'when %s is killed',
    async (who) => {
      const { child, description } = runDemo('--json', '--port', '0', '--data', 'kept')
      await description()
      const all = descendants(child.pid ?? 0)
      process.kill(who === 'the demo itself' ? (all[0] ?? 0) : (child.pid ?? 0), 'SIGKILL')
      await gone(all, 5_000)
    },
    60_000,
  )

  it('when a part does not start, and says in one sentence why', async () => {
    const first = runDemo('--json', '--port', '0', '--data', 'kept')
    await first.description()
    first.child.kill('SIGTERM')
    await first.ended
    const database = new DatabaseSync(join(root, 'kept', 'idp', 'idp.sqlite'))
    database.exec("INSERT INTO migrations VALUES (1000, 'of a newer release', 0)")
    database.close()
    const second = runDemo('--json', '--port', '0', '--data', 'kept')
    expect(await second.ended).toBe(1)
    expect(second.said.out).toBe('')
    expect(second.said.err).toMatch(/^sallyport: idp did not start: .*newer.*\n$/)
  }, 60_000)
})

describe('what is wrong is one sentence and an exit code', () => {
  it.each([
    ['a port that is none', ['--port', '70000'], 2, /'70000' is invalid. a number from 0 to 65535/],
    ['a port that is no number', ['--port', '0x10'], 2, /'0x10' is invalid. a number from 0 to 65535/],
    [
      'a folder that is a file',
      ['--port', '0', '--data', 'file'],
      1,
      /^sallyport: The demo cannot keep its data in .*file .*--data DIR\.\n$/,
    ],
    ['a folder with something else', ['--port', '0', '--data', '.'], 1, /^sallyport: .* holds something that is no demo \(file\)/],
    ['an unknown option', ['--ports', '0'], 2, /unknown option '--ports'/],
  ])('%s', async (_what, args, code, sentence) => {
    await writeFile(join(root, 'file'), '')
    const { ended, said } = runDemo('--json', ...args)
    expect(await ended).toBe(code)
    expect(said.out).toBe('')
    expect(said.err).toMatch(sentence)
    expect(said.err).not.toMatch(/^\s+at /m)
  })

  it('two demos on one data folder', async () => {
    await runDemo('--json', '--port', '0', '--data', 'kept').description()
    const second = runDemo('--port', '0', '--data', 'kept')
    expect(await second.ended).toBe(1)
    expect(second.said.err).toMatch(/^sallyport: A demo is running with the data in .*kept \(process \d+\)\. .*\n$/)
  }, 60_000)
})
