import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { descendants } from '../../support/process-tree.ts'
import { leaveToJanitor } from '../processes/janitor.ts'

export interface StartedProgram {
  readonly pid: number
  end(): Promise<void>
}

/** The programs of one peer, in a folder of their own. They end with us, whatever ends us. */
export interface PeerPrograms extends AsyncDisposable {
  readonly folder: string
  write(name: string, text: string | Buffer): Promise<string>
  /** Starts it; when a `port` is given, resolves when somebody listens there. @throws Error with what it said, when it ends before */
  start(program: string, args: readonly string[], port?: number): Promise<StartedProgram>
  /** All processes that were started, and theirs. */
  pids(): readonly number[]
}

export async function peerPrograms(name: string): Promise<PeerPrograms> {
  const folder = await mkdtemp(join(tmpdir(), `sallyport-peer-${name}-`))
  const removed = leaveToJanitor('folder', folder)
  const children: StartedProgram[] = []
  return {
    folder,
    async write(file, text) {
      const path = join(folder, file)
      await writeFile(path, text, { mode: 0o600 })
      return path
    },
    async start(program, args, port) {
      // `detached`: the leader of a group, so that its workers can be ended with it.
      const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      const gone = child.pid === undefined ? () => {} : leaveToJanitor('group', child.pid)
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)))
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
      const started: StartedProgram = {
        pid: child.pid ?? 0,
        end: () => {
          child.kill('SIGTERM')
          const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
          return ended.finally(() => (clearTimeout(timer), gone()))
        },
      }
      children.push(started)
      if (port !== undefined)
        await Promise.race([untilListening(port), ended.then(() => Promise.reject(new Error(`${program} ended: ${said}`)))])
      return started
    },
    pids: () => children.flatMap(({ pid }) => [pid, ...descendants(pid)]),
    async [Symbol.asyncDispose]() {
      for (const child of children.toReversed()) await child.end()
      await rm(folder, { recursive: true, force: true })
      removed()
    },
  }
}

async function untilListening(port: number): Promise<void> {
  for (let left = 400; ; left -= 1) {
    const listening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (listening) return
    if (left === 0) throw new Error(`nobody listens on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
