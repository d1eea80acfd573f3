import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readProjectFile } from './source-tree.ts'
import { pathOf, untilListening } from './native-program.ts'

export interface FrontOptions {
  /** Where browsers come to, and where the gateway listens. */
  readonly port: number
  readonly gatewayPort: number
  /** The gateway has TLS of its own, by the same certificate. */
  readonly encrypted: boolean
  readonly certificate: { readonly chain: string; readonly key: string; readonly ca: string }
}

const files = { nginx: 'nginx.conf', haproxy: 'haproxy.cfg', caddy: 'Caddyfile' } as const
export type FrontProgram = keyof typeof files
export const frontPrograms = Object.keys(files) as readonly FrontProgram[]

/** nginx, HAProxy or Caddy, by the configuration in `deploy/front`: the names, ports and files of an installation put in, and nothing else changed. */
export async function startFront(program: FrontProgram, options: FrontOptions): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'front-'))
  const all = join(folder, 'tls-all.pem')
  const { chain, key, ca } = options.certificate
  await writeFile(all, `${await readFile(chain, 'utf8')}${await readFile(key, 'utf8')}`)
  const configuration = (options.encrypted ? encrypting : String)(readProjectFile(`deploy/front/${files[program]}`))
    .replaceAll('example.com', 'localhost')
    .replaceAll('example.net', 'localhost')
    .replaceAll(/\b443\b/g, String(options.port))
    .replaceAll(/127\.0\.0\.1:8\d+/g, `127.0.0.1:${options.gatewayPort}`)
    .replaceAll('/etc/sallyport/tls-all.pem', all)
    .replaceAll('/etc/sallyport/tls-key.pem', key)
    .replaceAll('/etc/sallyport/tls.pem', chain)
    .replaceAll('/etc/sallyport/gateway-tls-ca.pem', ca)
  const file = join(folder, files[program])
  await writeFile(file, configuration)
  const wrapper = join(folder, 'main.conf')
  await writeFile(wrapper, `pid ${folder}/pid; error_log stderr; events {} http { access_log off; include ${file}; }`)
  const commands: Readonly<Record<FrontProgram, readonly string[]>> = {
    nginx: ['-c', wrapper, '-p', folder, '-g', 'daemon off;'],
    haproxy: ['-db', '-f', file],
    caddy: ['run', '--config', file, '--adapter', 'caddyfile'],
  }
  const child = spawn(pathOf(program), commands[program], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } })
  await untilListening(child, options.port)
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** As the comments say: these lines in, and https, or the line of the plain way out. */
const encrypting = (configuration: string): string =>
  configuration
    .replaceAll('http://127.0.0.1', 'https://127.0.0.1')
    .replace(/^ *server sallyport 127\.0\.0\.1:8080\n/m, '')
    .replaceAll('#encrypted ', '')
