import { readFile } from 'node:fs/promises'
import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runInstallation } from '../../support/running-installation.ts'
import type { RunningInstallation } from '../../support/running-installation.ts'

/*
 * Heads and bodies that come a byte a second, at everything that answers somebody unknown: Slowloris and R-U-Dead-Yet (CWE-400), security.md E11. Each is cut
 * by the time that it took in all, however evenly it comes, and is told why where nothing was answered before.
 */

let installation: RunningInstallation
let caPem: string
beforeAll(async () => {
  installation = await runInstallation()
  caPem = await readFile(installation.caFile, 'utf8')
})
afterAll(() => installation[Symbol.asyncDispose]())

const publicPort = (): Socket => connectTcp(installation.ports.public, '127.0.0.1')
const estPort = (): Socket => connectTls({ host: '127.0.0.1', port: installation.ports.est, servername: 'localhost', ca: caPem })
const hostOf = (name: string): string => `Host: ${name}:${installation.ports.public}`
const portal = (): string => hostOf('sallyport.localhost')
const provider = (): string => hostOf('id.sallyport.localhost')
const machine = (): string => hostOf(`hmi-${'a'.repeat(26)}.machines.localhost`)
const json = ['Content-Type: application/json', 'Content-Length: 100000']
const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 1000']
const pkcs10 = ['Content-Type: application/pkcs10', 'Content-Length: 8000']
const wrong = `Authorization: Basic ${Buffer.from('plates-3:wrong').toString('base64')}`

/** How long the connection lived, and the statuses that it was told. */
function drip(
  dial: () => Socket,
  begin: readonly string[],
  ended: boolean,
): Promise<{ readonly livedS: number; readonly statuses: number[] }> {
  return new Promise((resolve) => {
    const socket = dial().on('error', () => {})
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.write(`${begin.join('\r\n')}\r\n${ended ? '\r\n' : 'X-Slow: '}`)
    const began = performance.now()
    const timer = setInterval(() => socket.write('x'), 1_000)
    socket.once('close', () => {
      clearInterval(timer)
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
      resolve({ livedS: (performance.now() - began) / 1_000, statuses })
    })
  })
}

describe('a byte a second', () => {
  it.concurrent.each<readonly [string, () => Socket, () => readonly string[], boolean, readonly number[]]>([
    ['of a head to the portal', publicPort, () => ['GET / HTTP/1.1', portal()], false, [408]],
    ['of a head to the identity provider', publicPort, () => ['GET / HTTP/1.1', provider()], false, [408]],
    ['of a head to a machine', publicPort, () => ['GET / HTTP/1.1', machine()], false, [408]],
    ['of a head to enrolment', estPort, () => ['GET /.well-known/est/cacerts HTTP/1.1', 'Host: localhost'], false, [408]],
    ['of a body to the API', publicPort, () => ['POST /api/v1/sessions HTTP/1.1', portal(), ...json], true, [401, 403]],
    [
      'of a body to what is asked before a sign-in',
      publicPort,
      () => ['POST /api/v1/command-line/token HTTP/1.1', portal(), ...json],
      true,
      [408, 400],
    ],
    ['of a body to a page', publicPort, () => ['POST / HTTP/1.1', portal(), ...form], true, [404, 405]],
    ['of a body to the identity provider', publicPort, () => ['POST /token HTTP/1.1', provider(), ...form], true, [400, 401, 408, 503]],
    ['of a body to a machine, by nobody', publicPort, () => ['POST / HTTP/1.1', machine(), ...form], true, [403, 404, 410]],
    [
      'of a body to enrolment, with a wrong password',
      estPort,
      () => ['POST /.well-known/est/simpleenroll HTTP/1.1', 'Host: x', wrong, ...pkcs10],
      true,
      [401],
    ],
  ])('%s is cut', async (_what, dial, begin, ended, expected) => {
    const { livedS, statuses } = await drip(dial, begin(), ended)
    process.stdout.write(`a byte a second ${_what}: cut after ${livedS.toFixed(0)} s with ${statuses.join(', ')}\n`)
    expect(statuses).toHaveLength(1)
    expect(expected).toContain(statuses[0])
    // 30 s is the longest of the times; the rest is a machine under load.
    expect(livedS).toBeLessThan(60)
  })

  it('keeps nobody else waiting meanwhile', async () => {
    const client = await installation.signIn('mia')
    await vi.waitFor(async () => expect((await client.api('GET', '/api/v1/me')).status).toBe(200))
  })
})
