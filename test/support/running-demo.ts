import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { DemoDescription } from '../../deploy/demo/demo-description.ts'

/** The demo as a newcomer starts it, in a process and a folder of its own. */
export interface RunningDemoProcess extends AsyncDisposable {
  readonly description: DemoDescription
  readonly process: ChildProcess
  readonly dataDir: string
  account(username: string): { readonly username: string; readonly password: string }
  machine(id: string): DemoDescription['machines'][number]
  stop(): Promise<number | null>
  /** What it has written to stderr so far. */
  said(): string
}

const main = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url))

export interface RunDemoOptions {
  readonly dataDir?: string
  readonly keep?: boolean
  /** For Node itself, before the program. */
  readonly nodeArgs?: readonly string[]
}

export async function runDemo(options: RunDemoOptions = {}): Promise<RunningDemoProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sallyport-demo-')))
  const { child, ended, line, said } = await started(options, dataDir)
  const description = JSON.parse(line) as DemoDescription
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return ended
  }
  return {
    description,
    process: child,
    dataDir,
    account: (username) => found(description.accounts, (account) => account.username === username),
    machine: (id) => found(description.machines, (machine) => machine.id === id),
    stop,
    said,
    [Symbol.asyncDispose]: async () => {
      await stop()
      if (options.keep !== true) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function found<Item>(items: readonly Item[], matches: (item: Item) => boolean): Item {
  const item = items.find(matches)
  if (item === undefined) throw new Error('the demo has no such account or machine')
  return item
}

interface StartedDemo {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  /** What it says when it is ready. */
  readonly line: string
  readonly said: () => string
}

const mostTries = 3

/** Free ports are looked for before they are listened on: another program of this machine may be quicker. */
async function started(options: RunDemoOptions, dataDir: string, tries = 1): Promise<StartedDemo> {
  const args = [...(options.nodeArgs ?? []), main, 'demo', '--json', '--port', '0', '--data', dataDir]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => ({ code })),
  ])
  if (typeof line === 'string') return { child, ended, line, said: () => said }
  if (/Port \d+ is in use/.test(said) && tries < mostTries) return started(options, dataDir, tries + 1)
  throw new Error(`the demo ended with ${line.code}: ${said}`)
}
