import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { Server, TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { selfSigned } from '../testing/self-signed.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { dialGateway } from './dial-gateway.ts'

let authority: TestAuthority
let server: Server
let heard: Buffer[]

beforeAll(() => void (authority = createTestAuthority()))
afterAll(() => authority.remove())
afterEach(() => server.close())

async function dial(options: TlsOptions, gateway: object = {}): Promise<unknown> {
  heard = []
  server = createServer({ ALPNProtocols: ['rh2'], ...options }, (socket) => {
    socket.on('error', () => {}).on('data', (chunk) => heard.push(chunk))
  })
  server.on('tlsClientError', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const est = { host: 'gw.example', port: 7444 }
  const gatewayOf = { tunnel: [target], est: [est], caFile: authority.caFile, trustDomain: 'x' }
  const base = { ...gatewayOf, serverName: 'localhost', proxy: null, environmentProxy: null }
  return dialGateway({ gateway: { ...base, ...gateway }, target, clock: systemClock, alpn: 'rh2' }).catch((error: unknown) => error)
}

describe('whoever answers in the place of the gateway', () => {
  it('is named, with what to ask the people of the network for, and hears nothing', async () => {
    const error = await dial(selfSigned('/O=Corp Security/CN=Corp Web Filter'))
    const { port } = server.address() as AddressInfo
    expect(error).toMatchObject({
      code: 'tls_inspected',
      stranger: {
        issuer: 'Corp Security, Corp Web Filter',
        addresses: [`127.0.0.1:${port} (localhost)`, 'gw.example:7444 (localhost)'],
      },
      message: expect.stringMatching(/"Corp Security, Corp Web Filter".*without TLS inspection.*SHA-256.*([0-9A-F]{2}:){31}/),
    })
    expect(Buffer.concat(heard)).toHaveLength(0)
  })

  it('is seen also where it speaks only an older TLS, which the gateway never does', async () => {
    const error = await dial({ ...selfSigned('/CN=Old Filter'), maxVersion: 'TLSv1.2' })
    expect(error).toMatchObject({ code: 'tls_inspected', stranger: { issuer: 'Old Filter' } })
  })

  it('writes nothing on the panel that changes the text around it, and no more than a name', async () => {
    const evil = await dial(selfSigned(`/O=${'a'.repeat(60)}/CN=call \u202e4321`))
    expect(evil).toMatchObject({ stranger: { issuer: `${'a'.repeat(60)}, call \uFFFD4321` } })
    server.close()
    const long = await dial(selfSigned(`/O=${'o'.repeat(64)}/CN=${'c'.repeat(64)}`))
    expect((long as { stranger: { issuer: string } }).stranger.issuer).toHaveLength(101)
    server.close()
    expect(await dial(selfSigned('/C=DE'))).toMatchObject({ stranger: { issuer: '?' } })
  })

  it('of another authority that bears the name of ours is taken for a gateway that was set up anew', async () => {
    const other = createTestAuthority()
    expect(await dial(other.server())).toMatchObject({ code: 'other_authority' })
    other.remove()
  })

  it('is not suspected where the gateway itself answers, and something else is wrong', async () => {
    expect(await dial(authority.server(), { serverName: 'other.example' })).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    server.close()
    const old = await dial({ ...authority.server(), maxVersion: 'TLSv1.2' })
    expect(old).toMatchObject({ code: expect.stringMatching(/^ERR_SSL_/) })
  })
})
