import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Root -> issuing -> leaves, made by OpenSSL: what the agent reads was not written by its own code. */
export interface TestAuthority {
  readonly folder: string
  /** PEM file of the root, which agents pin. */
  readonly caFile: string
  readonly rootPem: string
  readonly issuingPem: string
  /** `validity`: days from now. */
  server(
    extensions?: string,
    validity?: { readonly fromDays: number; readonly toDays: number },
  ): { readonly key: string; readonly cert: string }
  device(options: { readonly request: Buffer; readonly uri: string; readonly days?: number; readonly usage?: string }): string
  /** base64 certs-only answer. */
  certsOnly(leafPem: string): string
  remove(): void
}

const serverExtensions = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature'

export function createTestAuthority(): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'agent-ca-'))
  const at = (name: string): string => join(folder, name)
  let count = 0
  const newKey = (name: string): void =>
    writeFileSync(at(`${name}.key`), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'
  newKey('root')
  openssl([
    'req',
    '-x509',
    '-new',
    '-key',
    at('root.key'),
    '-subj',
    '/CN=Test root',
    '-days',
    '30',
    '-out',
    at('root.pem'),
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ])
  const sign = (options: {
    readonly csr: string
    readonly form: 'PEM' | 'DER'
    readonly by: string
    readonly extensions: string
    readonly days: number
  }): string => {
    const name = at(`leaf-${++count}`)
    writeFileSync(`${name}.ext`, options.extensions)
    openssl([
      'x509',
      '-req',
      '-in',
      options.csr,
      '-inform',
      options.form,
      '-CA',
      at(`${options.by}.pem`),
      '-CAkey',
      at(`${options.by}.key`),
      '-set_serial',
      String(1000 + count),
      '-days',
      String(options.days),
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    ])
    return readFileSync(`${name}.pem`, 'utf8')
  }
  const ownRequest = (name: string): string => {
    newKey(name)
    openssl(['req', '-new', '-key', at(`${name}.key`), '-subj', `/CN=${name}`, '-out', at(`${name}.csr`)])
    return at(`${name}.csr`)
  }
  writeFileSync(at('issuing.pem'), sign({ csr: ownRequest('issuing'), form: 'PEM', by: 'root', extensions: ca, days: 20 }))
  const issuingPem = readFileSync(at('issuing.pem'), 'utf8')
  return {
    folder,
    caFile: at('root.pem'),
    rootPem: readFileSync(at('root.pem'), 'utf8'),
    issuingPem,
    server: (extensions = serverExtensions, validity) => {
      const name = `server-${++count}`
      const csr = ownRequest(name)
      const cert =
        validity === undefined
          ? sign({ csr, form: 'PEM', by: 'issuing', extensions, days: 9 })
          : signAtOtherTimes({ at, name, extensions, ...validity })
      return { key: readFileSync(at(`${name}.key`), 'utf8'), cert: cert + issuingPem }
    },
    device: ({ request, uri, days = 9, usage = 'clientAuth' }) => {
      const csr = at(`request-${++count}.der`)
      writeFileSync(csr, request)
      return sign({
        csr,
        form: 'DER',
        by: 'issuing',
        extensions: `subjectAltName=URI:${uri}\nextendedKeyUsage=${usage}\nkeyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE`,
        days,
      })
    },
    certsOnly: (leafPem) => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(at('bundle.pem'), issuingPem + leafPem)
      return openssl(['crl2pkcs7', '-nocrl', '-certfile', at('bundle.pem'), '-outform', 'DER']).toString('base64')
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** `openssl x509` knows no beginning before its version 3.4, `openssl ca` does. */
function signAtOtherTimes(options: {
  readonly at: (name: string) => string
  readonly name: string
  readonly extensions: string
  readonly fromDays: number
  readonly toDays: number
}): string {
  const { at, name } = options
  writeFileSync(at(`${name}.index`), '')
  writeFileSync(at(`${name}.ext`), options.extensions)
  const settings = {
    database: at(`${name}.index`),
    serial: at(`${name}.serial`),
    new_certs_dir: at(''),
    default_md: 'sha256',
    policy: 'any',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  writeFileSync(at(`${name}.cnf`), ['[ca]', 'default_ca=own', '[own]', ...lines, '[any]', 'commonName=supplied', ''].join('\n'))
  const files = ['-config', at(`${name}.cnf`), '-in', at(`${name}.csr`), '-out', at(`${name}.pem`), '-extfile', at(`${name}.ext`)]
  const issuer = ['-cert', at('issuing.pem'), '-keyfile', at('issuing.key'), '-create_serial']
  const time = ['-startdate', inDays(options.fromDays), '-enddate', inDays(options.toDays)]
  openssl(['ca', '-batch', '-notext', ...files, ...issuer, ...time])
  return readFileSync(at(`${name}.pem`), 'utf8')
}

/** `YYYYMMDDHHMMSSZ` */
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '')

function openssl(args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync('openssl', args, { stdio: ['pipe', 'pipe', 'pipe'], ...(input === undefined ? {} : { input }) })
}
