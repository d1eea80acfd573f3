import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { endProgram, freePort, pathOf, runProgram, untilListening } from './native-program.ts'

/** mitmproxy (https://mitmproxy.org) in the way to one port: it poses as the server, whose certificate it does not judge. */
export interface Mitmproxy extends AsyncDisposable {
  readonly port: number
  /** Its authority. */
  readonly caFile: string
  /** Bytes of every request that it could read. */
  requests(): Promise<Buffer>
}

export async function startMitmproxy(targetPort: number): Promise<Mitmproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-mitmproxy-'))
  const port = await freePort()
  const flows = join(folder, 'flows')
  const where = ['--mode', `reverse:https://127.0.0.1:${targetPort}`, '--listen-host', '127.0.0.1', '--listen-port', String(port)]
  const args = [...where, '--ssl-insecure', '--save-stream-file', flows, '--set', `confdir=${folder}`]
  const server = spawn(pathOf('mitmdump'), args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } })
  await untilListening(server, port)
  return {
    port,
    caFile: join(folder, 'mitmproxy-ca-cert.pem'),
    requests: () => readFile(flows).catch(() => Buffer.alloc(0)),
    [Symbol.asyncDispose]: () => endProgram(server, folder),
  }
}

/** Squid (http://www.squid-cache.org): an HTTP proxy that wants a password, and opens TLS or passes it on. */
export interface Squid extends AsyncDisposable {
  readonly port: number
  readonly folder: string
  readonly user: string
  readonly passwordFile: string
  readonly caFile: string
  /** Starts it anew at the same port. */
  set(way: 'inspect' | 'pass'): Promise<void>
  /** A line for each request that it saw. */
  requests(): Promise<string>
}

const helpers = '/usr/lib/squid'

export async function startSquid(first: 'inspect' | 'pass'): Promise<Squid> {
  const { stdout } = await runProgram(pathOf('squid'), ['-v'])
  if (!stdout.includes('--with-openssl')) throw new Error('This squid cannot open TLS: install Debian’s squid-openssl')
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-squid-'))
  const at = (name: string): string => join(folder, name)
  const port = await freePort()
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/O=Plant Security/CN=Plant Proxy']
  await runProgram('openssl', ['req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem')])
  await writeFile(at('ca-and-key.pem'), Buffer.concat([await readFile(at('ca.pem')), await readFile(at('ca.key'))]))
  const hash = (await runProgram('openssl', ['passwd', '-apr1', 'open sesame'])).stdout.trim()
  await writeFile(at('users'), `press:${hash}\n`)
  await writeFile(at('password'), 'open sesame\n', { mode: 0o600 })
  await runProgram(join(helpers, 'security_file_certgen'), ['-c', '-s', at('certificates'), '-M', '4MB'])
  // As root it lets go of root.
  if (userInfo().uid === 0) await giveToProxy(folder)

  let server: ChildProcess | null = null
  const stop = async (): Promise<void> => {
    if (server !== null) await endProgram(server, at('none'))
  }
  const set = async (way: 'inspect' | 'pass'): Promise<void> => {
    await stop()
    await writeFile(at('squid.conf'), `${settings({ folder, port, way }).join('\n')}\n`)
    server = spawn(pathOf('squid'), ['-N', '-f', at('squid.conf')], { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder })
    await untilListening(server, port)
  }
  await set(first)
  return {
    port,
    folder,
    user: 'press',
    passwordFile: at('password'),
    caFile: at('ca.pem'),
    set,
    requests: () => readFile(at('access.log'), 'utf8').catch(() => ''),
    [Symbol.asyncDispose]: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function giveToProxy(folder: string): Promise<void> {
  const idOf = async (flag: string): Promise<number> => Number((await runProgram('id', [flag, 'proxy'])).stdout)
  const [user, group] = [await idOf('-u'), await idOf('-g')]
  await chmod(folder, 0o755)
  await runProgram('chown', ['-R', `${user}:${group}`, join(folder, 'certificates')])
  for (const name of ['users', 'ca-and-key.pem']) await chown(join(folder, name), user, group)
  await chown(folder, user, group)
}

/** See http://www.squid-cache.org/Doc/config/ssl_bump/. */
const settings = (options: { readonly folder: string; readonly port: number; readonly way: 'inspect' | 'pass' }): string[] => {
  const { folder, port, way } = options
  const cert = `cert=${folder}/ca-and-key.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB`
  return [
    `http_port 127.0.0.1:${port} ssl-bump ${cert}`,
    `sslcrtd_program ${helpers}/security_file_certgen -s ${folder}/certificates -M 4MB`,
    'sslcrtd_children 2 startup=1 idle=1',
    ...(way === 'pass' ? ['ssl_bump splice all'] : ['ssl_bump stare all', 'ssl_bump bump all']),
    'sslproxy_cert_error allow all',
    // As for a server that it trusts, or its certificates would say "Not trusted by".
    'sslproxy_cert_sign signTrusted all',
    'tls_outgoing_options flags=DONT_VERIFY_PEER',
    `auth_param basic program ${helpers}/basic_ncsa_auth ${folder}/users`,
    'auth_param basic children 2 startup=1 idle=1',
    'acl known proxy_auth REQUIRED',
    'http_access allow known',
    'http_access deny all',
    'cache deny all',
    'pinger_enable off',
    `access_log stdio:${folder}/access.log`,
    `cache_log ${folder}/cache.log`,
    `pid_filename ${folder}/squid.pid`,
    `coredump_dir ${folder}`,
    'visible_hostname proxy.plant.example',
    'shutdown_lifetime 1 seconds',
  ]
}
