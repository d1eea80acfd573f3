import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { systemClock } from '../../agent/basics/clock.ts'
import { dialGateway } from '../../agent/link/dial-gateway.ts'
import { createTestAuthority } from '../../agent/testing/test-authority.ts'
import { freePeerCertificates } from '../../gateway/pki/free-peer-certificates.ts'
import { verifiedCertificate } from '../../gateway/pki/verified-certificate.ts'
import { answerParent } from '../bench/processes/answer-parent.ts'
import { collectGarbage } from '../bench/processes/collect-garbage.ts'

/** Both ends of the tunnel's handshake: the agent's dial, and a TLS server that asks for a certificate and judges it as the gateway's doors do. */
freePeerCertificates()
const authority = createTestAuthority()
const server = createServer({
  ...authority.server(),
  ca: authority.rootPem,
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.3',
})
const device = authority.server('extendedKeyUsage=clientAuth\nkeyUsage=critical,digitalSignature')
const credential = { privateKey: createPrivateKey(device.key), chainPem: device.cert }
const batch = 40
let verified = 0
server.on('secureConnection', (socket) => {
  if ('certificate' in verifiedCertificate(socket)) verified += 1
  socket.on('error', () => {}).resume()
  socket.once('end', () => socket.end())
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const target = { host: 'localhost', port: (server.address() as AddressInfo).port }
const where = { tunnel: [target], est: [target], caFile: authority.caFile, trustDomain: 'plant.example' }
const gateway = { ...where, serverName: null, proxy: null, environmentProxy: null }

async function dial(): Promise<void> {
  const socket = await dialGateway({ gateway, target, clock: systemClock, credential })
  socket.end()
  await once(socket.resume(), 'close')
}

/** Comes back with the bytes that this process holds then, and with how many certificates it has seen. */
async function connect({ count }: { readonly count: number }): Promise<{ readonly residentBytes: number; readonly verified: number }> {
  for (let n = 0; n < count; n += batch) {
    await Promise.all(Array.from({ length: batch }, dial))
    // Each time, so that what is resident is what is held, and not the most that ever waited to be collected.
    collectGarbage()
  }
  return { residentBytes: process.memoryUsage.rss(), verified }
}

answerParent({ connect }, async () => {
  server.close()
  authority.remove()
  await Promise.resolve()
})
