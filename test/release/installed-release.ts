import { execFileSync, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { projectRoot } from '../support/source-tree.ts'

/** Nothing of the clone on the path, so that only what was installed can be found. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A release that was made from this clone and installed in a folder of its own. */
export interface InstalledRelease {
  /** The package's own folder. */
  readonly package: string
  run(program: string, args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string }
  start(program: string, args: readonly string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }): StartedProgram
}

export interface StartedProgram {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  /** The first line on stdout that is JSON and has this member. */
  said<Line extends object>(member: keyof Line & string): Promise<Line>
  readonly ended: Promise<number | null>
  /** Everything on stderr so far. */
  log(): string
}

/** `npm run release`, then `npm install -g` of the tarball, as README.md says, under `folder` instead of the system's own place. */
export function installRelease(folder: string): InstalledRelease {
  execFileSync(process.execPath, [join(projectRoot, 'deploy/setup/run.mjs'), 'release'], { cwd: projectRoot, stdio: 'pipe' })
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  const tarball = join(projectRoot, `dist/release/sallyport-${version}.tgz`)
  // The packages were fetched a moment ago for the clone: what npm still has need not come again.
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const env = { ...process.env, PATH: systemPath, NODE_OPTIONS: '' }
  execFileSync('npm', ['install', '-g', '--prefix', folder, ...quick, tarball], { cwd: folder, env, stdio: 'pipe' })
  const command = (program: string): string => join(folder, 'bin', program)
  return {
    package: join(folder, 'lib/node_modules/sallyport'),
    run: (program, args) => spawnSync(command(program), args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 }),
    start: (program, args, options = {}) =>
      startProgram(command(program), args, { cwd: options.cwd ?? folder, env: { ...env, ...options.env } }),
  }
}

function startProgram(command: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): StartedProgram {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const lines: object[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return
    lines.push(JSON.parse(line) as object)
    for (const look of waiting) look()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    process: child,
    ended,
    log: () => log,
    said: <Line extends object>(member: keyof Line & string) =>
      new Promise<Line>((resolve, reject) => {
        const look = (): void => {
          const line = lines.find((said) => member in said)
          if (line === undefined) return
          waiting.delete(look)
          resolve(line as Line)
        }
        waiting.add(look)
        look()
        void ended.then((code) => reject(new Error(`${command} ended with ${code}: ${log}`)))
      }),
  }
}
