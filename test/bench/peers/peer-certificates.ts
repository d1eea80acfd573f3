import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PeerPrograms } from './peer-programs.ts'

export interface PeerCertificates {
  readonly ca: string
  readonly key: string
  readonly cert: string
  /** Paths of the same, and of key and certificate in one file. */
  readonly files: { readonly ca: string; readonly key: string; readonly cert: string; readonly both: string }
}

/** A throw-away P-256 authority and one certificate of it for `localhost`, which both ends of a peer show each other. Made by openssl. */
export async function peerCertificates(programs: PeerPrograms): Promise<PeerCertificates> {
  const at = (name: string): string => join(programs.folder, name)
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: programs.folder })
  for (const name of ['ca-key.pem', 'key.pem']) await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at(name))
  await openssl('req', '-x509', '-new', '-key', at('ca-key.pem'), '-subj', '/CN=Peers', '-days', '2', '-out', at('ca.pem'))
  await openssl('req', '-new', '-key', at('key.pem'), '-subj', '/CN=localhost', '-out', at('request.pem'))
  const extensions = await programs.write('extensions', 'subjectAltName = DNS:localhost\nextendedKeyUsage = serverAuth, clientAuth\n')
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-CAcreateserial', '-days', '2', '-extfile', extensions]
  await openssl('x509', '-req', '-in', at('request.pem'), ...signing, '-out', at('cert.pem'))
  const [ca, key, cert] = await Promise.all([
    readFile(at('ca.pem'), 'utf8'),
    readFile(at('key.pem'), 'utf8'),
    readFile(at('cert.pem'), 'utf8'),
  ])
  const both = await programs.write('both.pem', cert + key)
  return { ca, key, cert, files: { ca: at('ca.pem'), key: at('key.pem'), cert: at('cert.pem'), both } }
}
