import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoPorts } from '../../deploy/demo/demo-ports.ts'
import type { GatewaySettings } from '../../gateway/settings/gateway-settings.ts'
import type { PanelClient } from '../support/panel-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { approvedSession, openService, untilOnline } from '../support/technician-at-work.ts'
import { frontPrograms, startFront } from '../support/tls-front.ts'

/** The configurations of `deploy/front`, in the real programs, before a gateway without TLS on loopback and before one with TLS of its own. */
describe.each([
  ['a gateway without TLS', false],
  ['a gateway with TLS of its own', true],
])('before %s', (_what, encrypted) => {
  let installation: RunningInstallation
  let gatewayPort: number
  let panel: PanelClient
  beforeAll(async () => {
    gatewayPort = (await demoPorts(0, null)).public
    const behind = ({ public: { tls } }: GatewaySettings): object => ({
      public: { host: '127.0.0.1', port: gatewayPort, ...(encrypted ? { tls } : { tls: null, trustForwardedFor: true }) },
    })
    installation = await runInstallation({ front: 'tls', gateway: behind })
    panel = await installation.panel()
  })
  afterAll(() => installation[Symbol.asyncDispose]())

  it.each(frontPrograms)('%s leads people to portal, identity provider and machines, in one go and at once', async (program) => {
    const file = (name: string): string => join(installation.dataDir, name)
    const certificate = { chain: file('chain.pem'), key: file('key.pem'), ca: file('root.pem') }
    await using parts = new AsyncDisposableStack()
    parts.use(await startFront(program, { port: installation.ports.public, gatewayPort, encrypted, certificate }))

    const mia = await installation.signIn('mia')
    await untilOnline(mia)
    const session = await approvedSession({ technician: mia, panel, operator: 'Olga Neumann' })
    parts.defer(async () => {
      await panel.end('Olga Neumann')
      await mia.waitForSession(session.id, ({ state }) => state === 'ended')
    })
    const work = await openService(mia, session.id)
    expect(work.status).toBe(200)
    const socket = await work.socket('/count')
    await socket.next()
    await socket.next()

    // Names by turns, so that a connection that the front keeps for another one shows.
    const { portal } = installation
    const issuer = portal.replace('://', '://id.')
    for (let turn = 0; turn < 10; turn += 1) {
      const answers = await Promise.all([
        mia.browser.fetch(`${portal}/api/v1/me`),
        mia.browser.fetch(`${issuer}/.well-known/openid-configuration`),
        work.get('/'),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    }
    // The path as it was written: what is refused is refused by the gateway, and not made another path on the way.
    const odd = await work.get('/a%2fb')
    expect([odd.status, (await odd.text()).includes('path_ambiguous')]).toEqual([400, true])
    // The machine says what it was asked.
    expect(await (await work.get('/a//b;c')).text()).toBe('GET /a//b;c\n')
    socket.close()
  })
})
