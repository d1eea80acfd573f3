import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { DemoDescription } from '../../deploy/demo/demo-description.ts'
import { lives } from './process-tree.ts'
import { projectRoot } from './source-tree.ts'

interface DemoCommand {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  readonly ended: Promise<number | null>
  /** The line of `--json`. */
  description(): Promise<DemoDescription>
}

/** A folder in which `npm run demo -- ARGS` is run; what was started there ends with it. */
export interface DemoCommands extends AsyncDisposable {
  readonly folder: string
  run(...args: readonly string[]): DemoCommand
}

export async function demoCommands(): Promise<DemoCommands> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
  const running: DemoCommand[] = []
  return {
    folder,
    run(...args) {
      const started = runIn(folder, args)
      running.push(started)
      return started
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of running) child.kill('SIGTERM')
      await Promise.all(running.map(({ ended }) => ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function runIn(folder: string, args: readonly string[]): DemoCommand {
  const command = [join(projectRoot, 'deploy/setup/run.mjs'), 'demo', ...args]
  const child = spawn(process.execPath, command, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const description = async (): Promise<DemoDescription> => {
    await expect.poll(() => said.out.includes('\n') || child.exitCode !== null, { timeout: 60_000 }).toBe(true)
    if (child.exitCode !== null) throw new Error(`the demo ended: ${said.err}`)
    return JSON.parse(said.out) as DemoDescription
  }
  return { child, said, ended, description }
}

/** All of them, of a whole demo, within that time. */
export async function gone(pids: readonly number[], withinMs: number): Promise<void> {
  expect(pids.length).toBeGreaterThanOrEqual(6)
  await expect.poll(() => pids.filter(lives), { timeout: withinMs, interval: 50 }).toEqual([])
}
