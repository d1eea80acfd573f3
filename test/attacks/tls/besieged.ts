import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { getCACertificates } from 'node:tls'
import { expect, vi } from 'vitest'
import { newTestCsr } from '../../support/test-credentials.ts'
import { answerLikeAnAgent, dialAsDevice } from '../../support/test-device.ts'
import { pageAfterPage } from '../../support/page-after-page.ts'
import { runInstallation } from '../../support/running-installation.ts'
import type { RunningInstallation } from '../../support/running-installation.ts'
import { approvedSession, openService, untilOnline } from '../../support/technician-at-work.ts'
import { descriptorsOf, residentMiB } from './half-open.ts'

/** A gateway whose ports speak TLS, a technician at work on a machine behind it, and people and machines that come anew. */
export interface Besieged extends AsyncDisposable {
  readonly installation: RunningInstallation
  /** The technician has lost nothing, and another page of his was answered since this call. */
  bystanderWorksOn(): Promise<void>
  /** A browser that was never here gets a page; how often it had to try. */
  newBrowser(): Promise<number>
  /** A machine that was never here enrols and gets its tunnel; how often it had to try. */
  newMachine(): Promise<number>
  descriptors(): Promise<number>
  residentMiB(): Promise<number>
}

export async function besiege(front: 'tls' | 'one port'): Promise<Besieged> {
  await using parts = new AsyncDisposableStack()
  const installation = parts.use(await runInstallation({ front }))
  const technician = await installation.signIn('mia')
  await untilOnline(technician)
  const panel = await installation.panel()
  const session = await approvedSession({ technician, panel, operator: 'Olga Neumann', asking: { duration_s: 3_600 } })
  const work = await openService(technician, session.id)
  const bystander = parts.use(pageAfterPage(work, 50))
  const caPem = await readFile(installation.caFile, 'utf8')
  const { ports } = installation
  const machines = ['plates-3', 'flow-1']
  const all = parts.move()
  return {
    installation,
    async bystanderWorksOn() {
      const before = bystander.answered()
      await vi.waitFor(() => expect(bystander.answered()).toBeGreaterThan(before + 1))
      expect(bystander.failures).toEqual([])
    },
    newBrowser: () =>
      tries(async () => {
        const { status } = await ask({ port: ports.public, servername: 'sallyport.localhost', ca: getCACertificates('default') })
        expect(status).toBe(200)
      }),
    async newMachine() {
      const id = machines.shift() ?? ''
      const { der, keyPem } = await newTestCsr()
      const auth = `${id}:${installation.enrolmentPassword(id)}`
      const est = { port: ports.est, servername: 'localhost', ca: caPem, auth, path: '/.well-known/est/simpleenroll' }
      let certificatePem = ''
      const enrolled = await tries(async () => {
        const { status, body } = await ask({ ...est, method: 'POST', body: der.toString('base64'), type: 'application/pkcs10' })
        expect([status, body.slice(0, 80)]).toEqual([200, expect.any(String)])
        certificatePem = certificateIn(body)
      })
      const connected = await tries(async () => {
        const device = await dialAsDevice({
          port: ports.tunnel,
          caPem,
          keyPem,
          certificatePem,
          onStream: answerLikeAnAgent({ device: id }),
        })
        // The gateway asks a machine that it let in, and tells another why it did not.
        const outcome = await Promise.race([
          device.goodbye,
          new Promise((resolve) => device.session.once('stream', () => resolve('asked'))),
        ])
        device.close()
        expect(outcome).toBe('asked')
      })
      return enrolled + connected
    },
    descriptors: () => descriptorsOf(installation.gateway.pid),
    residentMiB: () => residentMiB(installation.gateway.pid),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

interface Asking {
  readonly port: number
  readonly servername: string
  readonly ca: string | string[]
  readonly method?: string
  readonly path?: string
  readonly auth?: string
  readonly body?: string
  readonly type?: string
}

/** One request over a connection of its own. */
function ask({ port, body, type, servername, ...rest }: Asking): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: `${servername}:${port}`, ...(type === undefined ? {} : { 'content-type': type }) }
    const sent = request({ host: '127.0.0.1', port, servername, agent: false, headers, ...rest }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
    })
    sent.on('error', reject).end(body)
  })
}

/** As a person presses *reload*, and a machine comes back: after a moment, and when nothing has come for a while. */
async function tries(attempt: () => Promise<void>): Promise<number> {
  let count = 0
  const patience = (): Promise<never> =>
    new Promise((_resolve, reject) => void setTimeout(() => reject(new Error('nothing came for 5 s')), 5_000).unref())
  const once = (): Promise<void> => ((count += 1), Promise.race([attempt(), patience()]))
  await vi.waitFor(once, { timeout: 40_000, interval: 250 })
  return count
}

/** The leaf in a certs-only answer that holds one certificate: the outermost SEQUENCE in it that is a certificate. */
function certificateIn(base64: string): string {
  const der = Buffer.from(base64, 'base64')
  // ContentInfo, SignedData, version, digests, content, then [0] with the certificate.
  const at = der.indexOf(Buffer.from([0x30, 0x82]), der.indexOf(Buffer.from([0xa0, 0x82]), 20))
  const leaf = der.subarray(at, at + 4 + der.readUInt16BE(at + 2))
  return `-----BEGIN CERTIFICATE-----\n${leaf.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}
