import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MadeCertificate {
  readonly caFile: string
  readonly chainFile: string
  readonly keyFile: string
}

/** A certificate as a certificate authority would give it for these names, made with OpenSSL: the root apart, the chain in one file. */
export function makeCertificate(folder: string, names: readonly string[]): MadeCertificate {
  const file = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'root.key', '-out', 'root.pem', '-days', '2', '-subj', '/CN=Test root')
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', `/CN=${names[0]}`)
  writeFileSync(file('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\nextendedKeyUsage=serverAuth\n`)
  const signed = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '1', '-extfile', 'names']
  openssl('x509', '-req', '-in', 'request.pem', ...signed, '-out', 'chain.pem')
  return { caFile: file('root.pem'), chainFile: file('chain.pem'), keyFile: file('key.pem') }
}
