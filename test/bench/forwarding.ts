import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { allowInBrowser } from '../support/allow-in-browser.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { leaveToJanitor } from './processes/janitor.ts'
import type { Target } from './processes/request-load.ts'
import { browserHeaders, type Station } from './station.ts'

const program = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url))

/** `sallyport forward`, as a technician runs it, in a process of its own. */
export interface Forwarding extends AsyncDisposable {
  readonly pid: number
  readonly target: Target
}

export async function startForwarding(options: {
  readonly portal: string
  readonly technician: PortalClient
  readonly station: Station
  readonly machine: string
}): Promise<Forwarding> {
  await using parts = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'sallyport-bench-home-'))
  parts.defer(leaveToJanitor('folder', home))
  parts.defer(() => rm(home, { recursive: true, force: true }))
  const run = (...args: string[]): ChildProcess & { stdout: Readable; stderr: Readable } => {
    const env = { ...process.env, SALLYPORT_CREDENTIALS: join(home, 'credentials.json') }
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
    parts.defer(() => void child.kill())
    return child
  }
  const login = run('login', options.portal, '--no-browser', '--json')
  await allowInBrowser(options.technician, await lineOf(login.stderr, /\/command-line\?/))
  await new Promise((resolve) => login.once('exit', resolve))
  const forward = run('forward', `${options.machine}/raw`, '--reason', 'A benchmark', '--json')
  const { request } = await options.station.panel.waitFor((state) => state.request !== null, 20_000)
  const pressed = await options.station.panel.approve(request?.session ?? '', { operator: 'Bench Operator', services: ['raw'] })
  if (!pressed.ok) throw new Error(`the press failed: ${await pressed.text()}`)
  const { port } = JSON.parse(await lineOf(forward.stdout, /"port"/)) as { readonly port: number }
  const all = parts.move()
  return {
    pid: forward.pid ?? 0,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

async function lineOf(stream: Readable, wanted: RegExp): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: stream })) {
    if (wanted.test(line)) {
      stream.resume()
      return line
    }
    said.push(line)
  }
  throw new Error(`no line like ${wanted.source} in: ${said.join('\n')}`)
}
