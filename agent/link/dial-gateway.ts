import { readFile } from 'node:fs/promises'
import type { TLSSocket } from 'node:tls'
import { AgentError } from '../basics/agent-error.ts'
import type { Credential } from '../enrolment/credential.ts'
import { peerCertificate } from '../wire/peer-certificate.ts'
import { explainStranger } from './explain-stranger.ts'
import { openTls, type TlsTarget } from './open-tls.ts'
import { untilSecure } from './until-secure.ts'

export interface DialOptions extends TlsTarget {
  readonly credential?: Pick<Credential, 'privateKey' | 'chainPem'>
}

const serverAuth = '1.3.6.1.5.5.7.3.1'

/**
 * Opens TLS 1.3 to the gateway. The socket that it yields is the gateway's: its chain ends at the pinned CA, its name is right, and its
 * certificate is one for servers, so that another device cannot pose as the gateway. Not a byte is sent before.
 *
 * @throws AgentError `bad_ca_file`, `bad_gateway_certificate`, `wrong_protocol`, `dial_timeout`; `tls_inspected`, `other_authority` where
 *   somebody else answered; `proxy_...` where the proxy did not lead there; or Node's connect and TLS errors
 */
export async function dialGateway(options: DialOptions): Promise<TLSSocket> {
  const ca = await readCa(options.gateway.caFile)
  const { credential } = options
  const socket = await openTls(options, {
    ca,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
    ...(credential === undefined ? {} : { key: credential.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: credential.chainPem }),
  })
  socket.setNoDelay(true)
  try {
    await untilSecure(socket, options)
    checkCertificate(socket)
    if (options.alpn !== undefined && socket.alpnProtocol !== options.alpn) {
      throw new AgentError({
        code: 'wrong_protocol',
        message: `The gateway's port ${options.target.port} does not speak ${options.alpn}. Check gateway.tunnel.`,
      })
    }
    return socket
  } catch (error) {
    socket.on('error', () => {})
    socket.destroy()
    throw await explainStranger(error, options, ca)
  }
}

function checkCertificate(socket: TLSSocket): void {
  const certificate = peerCertificate(socket)
  if (socket.authorized && certificate !== undefined && (certificate.keyUsage ?? []).includes(serverAuth)) return
  throw new AgentError({
    code: 'bad_gateway_certificate',
    message: 'Who answered as the gateway has no certificate for servers. Check gateway.caFile and who listens there.',
  })
}

async function readCa(caFile: string): Promise<string> {
  try {
    const ca = await readFile(caFile, 'utf8')
    if (ca.includes('-----BEGIN CERTIFICATE-----')) return ca
  } catch (error) {
    throw new AgentError({ code: 'bad_ca_file', message: `The gateway's CA file ${caFile} cannot be read.`, cause: error })
  }
  throw new AgentError({ code: 'bad_ca_file', message: `The gateway's CA file ${caFile} holds no certificate in PEM.` })
}
