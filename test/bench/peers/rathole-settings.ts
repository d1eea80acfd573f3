import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PeerCertificates } from './peer-certificates.ts'
import type { PeerPrograms } from './peer-programs.ts'

/** A service of rathole, with a connection of its own for control, and where it is. */
export interface RatholeService {
  readonly name: string
  readonly port: number
}

export async function ratholeServer(
  programs: PeerPrograms,
  options: { readonly bind: number; readonly files: PeerCertificates['files']; readonly services: readonly RatholeService[] },
): Promise<string> {
  const { bind, files, services } = options
  const identity = join(programs.folder, 'identity.pfx')
  const [from, out] = [
    ['-inkey', files.key, '-in', files.cert, '-certfile', files.ca],
    ['-out', identity, '-passout', 'pass:bench'],
  ]
  await promisify(execFile)('openssl', ['pkcs12', '-export', ...from, ...out])
  const tls = `[server.transport]\ntype = "tls"\n[server.transport.tls]\npkcs12 = "${identity}"\npkcs12_password = "bench"\n`
  const each = services.map(({ name, port }) => `[server.services.${name}]\nbind_addr = "127.0.0.1:${port}"\n`)
  return programs.write('server.toml', `[server]\nbind_addr = "127.0.0.1:${bind}"\ndefault_token = "bench"\n${tls}${each.join('')}`)
}

/** `port`: of the machine. */
export function ratholeClient(
  programs: PeerPrograms,
  options: {
    readonly file: string
    readonly bind: number
    readonly files: PeerCertificates['files']
    readonly services: readonly RatholeService[]
  },
): Promise<string> {
  const { file, bind, files, services } = options
  const tls = `[client.transport]\ntype = "tls"\n[client.transport.tls]\ntrusted_root = "${files.ca}"\nhostname = "localhost"\n`
  const each = services.map(({ name, port }) => `[client.services.${name}]\nlocal_addr = "127.0.0.1:${port}"\n`)
  return programs.write(file, `[client]\nremote_addr = "localhost:${bind}"\ndefault_token = "bench"\n${tls}${each.join('')}`)
}
