import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { NewFile } from '../state/keep-files.ts'
import { checkCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import { keyFile, parseKey } from './device-key.ts'
import { certificateFile } from './stored-credential.ts'

/**
 * The identity that a factory wrote: one PEM file with the device's private key and its certificate, in any order, with those that lead to the root. A
 * certificate that ended while the machine stood in a warehouse is taken too: the agent asks for another with it.
 *
 * @throws AgentError `bad_bundle`; `bad_key`, `foreign_certificate` as of a certificate from the gateway
 */
export async function readBundle(
  path: string,
  { spiffeId, nowMs }: { readonly spiffeId: string; readonly nowMs: number },
): Promise<Credential> {
  const bad = (why: string, cause?: unknown): AgentError => new AgentError({ code: 'bad_bundle', message: `${path} ${why}.`, cause })
  let pem: string
  try {
    pem = await readFile(path, 'utf8')
  } catch (error) {
    throw bad(`cannot be read (${errorCode(error)})`, error)
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m.test(pem))
    throw bad('has a key that is encrypted: write it without a password')
  const keys = pem.match(/-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[^-]+-----END (?:EC |RSA )?PRIVATE KEY-----/g) ?? []
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const [key] = keys
  if (key === undefined || keys.length !== 1) throw bad(`holds ${keys.length} private keys in PEM, not one`)
  if (certificates.length === 0) throw bad('holds no certificate in PEM')
  let parsed: X509Certificate[]
  try {
    parsed = certificates.map((one) => new X509Certificate(one))
  } catch (error) {
    throw bad('holds a certificate that cannot be read', error)
  }
  return checkCredential({ privateKey: parseKey(key, `The key in ${path}`), certificates: parsed, spiffeId, nowMs, endedToo: true })
}

/** Where the agent finds key and certificate at its start, as if it had enrolled. */
export function filesOfBundle(stateDir: string, { privateKey, chainPem }: Credential): readonly NewFile[] {
  return [
    { path: keyFile(stateDir), content: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    { path: certificateFile(stateDir), content: chainPem },
  ]
}
