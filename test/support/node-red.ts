import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureNodeRed, nodeRedFolder, nodeRedIsReady } from '../../deploy/setup/ensure-node-red.mjs'
import { holdLock } from '../../deploy/setup/hold-lock.mjs'
import { startChild } from '../../gateway/commands/start-child.ts'
import { projectRoot } from './source-tree.ts'

/** Node-RED as it comes from npm, in a process and a folder of its own, on a loopback port. */
export interface RunningNodeRed extends AsyncDisposable {
  readonly port: number
  /** What it said, for a test that failed. */
  readonly log: readonly string[]
}

/** Somebody with an account at Node-RED itself. */
export interface NodeRedUser {
  readonly username: string
  readonly password: string
}

/** Starts it with no flow and users of its own; installs it first where `npm test` has not. */
export async function runNodeRed(users: readonly NodeRedUser[]): Promise<RunningNodeRed> {
  const install = () => ensureNodeRed({ root: projectRoot, node: process.execPath })
  if (!nodeRedIsReady(projectRoot)) await holdLock(join(projectRoot, '.cache/setup.lock'), install)
  const folder = nodeRedFolder(projectRoot)
  const userDir = await mkdtemp(join(tmpdir(), 'sallyport-node-red-'))
  const log: string[] = []
  const child = await startChild<{ port: number }>({
    name: 'Node-RED',
    program: new URL('node-red-entry.ts', import.meta.url),
    args: [join(folder, 'node_modules/node-red/red.js'), join(projectRoot, 'test/machines/node-red/settings.cjs'), userDir],
    environment: { NODE_RED_USERS: JSON.stringify(users.map((user) => withHash(folder, user))) },
    onLog: (line) => log.push(line),
  })
  return {
    port: child.ready.port,
    log,
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      await rm(userDir, { recursive: true, force: true })
    },
  }
}

function withHash(folder: string, { username, password }: NodeRedUser): object {
  const { hashSync } = createRequire(join(folder, 'package.json'))('bcryptjs') as { hashSync(password: string, rounds: number): string }
  return { username, password: hashSync(password, 8), permissions: '*' }
}
