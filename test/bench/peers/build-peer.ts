import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../../.cache/peers/', import.meta.url))
const patienceMs = 15 * 60_000

export const frpVersion = '0.70.1'
export const ratholeVersion = '0.5.0'

const frpModule = `module sallyport.invalid/peers/frp

go 1.24

replace github.com/hashicorp/yamux => github.com/fatedier/yamux v0.0.0-20250825093530-d0154be01cd6
`

/** Folder with `frps` and `frpc`, built by Go from the module proxy (a minute or two, once). @throws Error when it cannot be built */
export async function buildFrp(): Promise<string> {
  return once(`frp-${frpVersion}`, async (folder) => {
    await using work = await temporary()
    const go = (...args: string[]) => run('go', args, { cwd: work.folder, env: { ...process.env, CGO_ENABLED: '0' }, timeout: patienceMs })
    await writeFile(join(work.folder, 'go.mod'), frpModule)
    await go('get', `github.com/fatedier/frp@v${frpVersion}`)
    const { stdout } = await go('list', '-m', '-f', '{{.Dir}}', 'github.com/fatedier/frp')
    // frp replaces yamux in its own go.mod, which counts for nothing in ours; its sums do.
    const sums = (await readFile(join(stdout.trim(), 'go.sum'), 'utf8')).split('\n').filter((line) => line.includes('fatedier/yamux'))
    await appendFile(join(work.folder, 'go.sum'), `${sums.join('\n')}\n`)
    for (const name of ['frps', 'frpc'])
      await go('build', '-mod=mod', '-tags', `${name},noweb`, '-o', join(folder, name), `github.com/fatedier/frp/cmd/${name}`)
  })
}

/** Folder with `rathole`, built by Cargo with Debian's libssl-dev and pkg-config (some minutes, once). @throws Error when it cannot be built */
export async function buildRathole(): Promise<string> {
  return once(`rathole-${ratholeVersion}`, async (folder) => {
    await using work = await temporary()
    await run('cargo', ['install', 'rathole', '--version', ratholeVersion, '--root', work.folder], {
      cwd: work.folder,
      timeout: patienceMs,
      maxBuffer: 64 * 1024 * 1024,
    })
    await rename(join(work.folder, 'bin/rathole'), join(folder, 'rathole')).catch(() =>
      run('cp', [join(work.folder, 'bin/rathole'), join(folder, 'rathole')]),
    )
  })
}

/** The folder is there when everything in it is: it is built under another name. */
async function once(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  process.stderr.write(`building ${name} for comparison ...\n`)
  const unfinished = `${folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await build(unfinished)
  await rename(unfinished, folder)
  return folder
}

async function temporary(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-build-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
