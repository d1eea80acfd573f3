import { X509Certificate } from 'node:crypto'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { AgentSettings, HostPort } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import { unprintable } from '../wire/plain-text.ts'
import type { TlsTarget } from './open-tls.ts'
import { presentedChain } from './presented-chain.ts'

/** Who answered in the gateway's place, for people. */
export interface Stranger {
  /** The authority that issued his certificate, as he names it: nobody vouches for these words. */
  readonly issuer: string
  /** What the people of the network must pass on without opening it, like `gw.example:7443`. */
  readonly addresses: readonly string[]
}

/** Somebody between here and the gateway opens TLS, or the address is another server's. */
class StrangerError extends AgentError {
  readonly stranger: Stranger

  constructor(stranger: Stranger, fingerprint: string, cause: unknown) {
    const [to, also] = [stranger.addresses.join(' and '), `SHA-256 of the certificate: ${fingerprint}`]
    super({
      code: 'tls_inspected',
      message:
        `Not the gateway answered, but somebody with a certificate from "${stranger.issuer}": this network opens encrypted connections (a firewall or ` +
        `proxy that inspects TLS), or the address is another server's. Ask the people of this network to pass ${to} on unopened, ` +
        `without TLS inspection. ${also}`,
      cause,
    })
    this.stranger = stranger
  }
}

export const strangerOf = (error: unknown): Stranger | null => (error instanceof StrangerError ? error.stranger : null)

/** What Node and OpenSSL say when no chain leads to the pinned CA; with other versions of TLS, an inspector's certificate is not even seen. */
const chainCodes = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])
const mayBeStranger = (code: string): boolean => chainCodes.has(code) || code.startsWith('ERR_SSL_')

/** The same error, or one that says who answered in the gateway's place. */
export async function explainStranger(error: unknown, dialled: TlsTarget, ca: string): Promise<unknown> {
  if (!mayBeStranger(errorCode(error)) || dialled.signal?.aborted === true) return error
  const chain = await presentedChain(dialled)
  const [presented] = chain
  if (presented === undefined) return error
  const own = authoritiesIn(ca)
  if (!chain.some(({ issuer }) => own.has(issuer))) {
    const { tunnel, est } = addressesOf(dialled.gateway)
    const stranger = { issuer: readable(presented.issuer), addresses: [...new Set([...tunnel, ...est])] }
    return new StrangerError(stranger, presented.fingerprint256, error)
  }
  // Whoever bears our authority's name and is not of it. A rightful gateway fails for another reason, which is the better one to tell.
  if (!chainCodes.has(errorCode(error))) return error
  return new AgentError({
    code: 'other_authority',
    message:
      'The gateway has another authority than gateway.caFile, under the same name: it was set up anew, or the file is of another ' +
      'installation. Take its ca.pem from the portal, under Devices.',
    cause: error,
  })
}

function addressesOf({ tunnel, est, serverName }: AgentSettings['gateway']): {
  readonly tunnel: readonly string[]
  readonly est: readonly string[]
} {
  const named = (target: HostPort): string =>
    serverName === null || serverName === target.host ? hostHeader(target) : `${hostHeader(target)} (${serverName})`
  return { tunnel: tunnel.map(named), est: est.map(named) }
}

function authoritiesIn(ca: string): ReadonlySet<string> {
  const found = ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return new Set(found.map((pem) => new X509Certificate(pem).subject))
}

const mostIssuerChars = 100

/** `CN=Corp Root\nO=Corp` -> `Corp Root, Corp`. A stranger wrote it: nothing that changes the text around it, and no more than a name's length. */
function readable(issuer: string): string {
  const values = issuer.split('\n').flatMap((line) => /^(?:CN|O|OU)=(.*)$/u.exec(line)?.[1] ?? [])
  const text = [...new Set(values)].join(', ').replaceAll(new RegExp(unprintable, 'gu'), '\uFFFD').toWellFormed().trim()
  if (text === '') return '?'
  const chars = Array.from(text)
  return chars.length <= mostIssuerChars ? text : `${chars.slice(0, mostIssuerChars).join('')}…`
}
