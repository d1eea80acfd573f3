import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { besiege } from './besieged.ts'
import type { Besieged } from './besieged.ts'
import { clientHello, inRecordsOf, record } from './client-hello.ts'
import { holdHalfOpen } from './half-open.ts'
import type { Silence } from './half-open.ts'

/*
 * Handshakes that are never finished, and hellos that are none, at the one port, where each of the three listeners is reached by its own name and protocol:
 * Boundary CVE-2026-7776; CVE-2026-21637 (an exception in the choice by SNI ended the process), -48930 (NUL in a name); RFC 8446, sections 4.1.2 and 5.1;
 * Slowloris (CWE-400). The flood of 5,000 at each port, and at three ports apart, is in `half-open.long.test.ts`.
 */

let besieged: Besieged
let port: number
let hellos: { readonly public: Buffer; readonly tunnel: Buffer; readonly enrolment: Buffer }
const opened: Socket[] = []
/** Sends its hello a byte a second, from the beginning on. */
const slow = { sent: 0, closed: false, stop: (): void => {} }
beforeAll(async () => {
  besieged = await besiege('one port')
  port = besieged.installation.ports.public
  hellos = {
    public: await clientHello('sallyport.localhost', ['http/1.1']),
    tunnel: await clientHello('localhost', ['rh2']),
    enrolment: await clientHello('localhost'),
  }
  const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.2.2' })
    .on('error', () => {})
    .resume()
  socket.once('close', () => (slow.closed = true))
  const drip = (): void => void socket.write(hellos.public.subarray(slow.sent, (slow.sent += 1)))
  drip()
  const timer = setInterval(drip, 1_000)
  slow.stop = () => clearInterval(timer)
})
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy()
})
afterAll(async () => {
  slow.stop()
  await besieged.bystanderWorksOn()
  await besieged[Symbol.asyncDispose]()
})

const say = (bytes: Uint8Array): Socket => {
  const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.2.1' }).on('error', () => {})
  opened.push(socket)
  socket.write(bytes)
  return socket
}

it('hundreds of them, in every state and for every listener, keep nobody out and cost nothing when they are gone', async () => {
  const before = { descriptors: await besieged.descriptors(), mib: await besieged.residentMiB() }
  const every: readonly (readonly [Silence, keyof typeof hellos])[] = [
    ['says nothing', 'public'],
    ['says half a hello', 'public'],
    ['says hello and no more', 'public'],
    ['says hello and no more', 'tunnel'],
    ['says hello and no more', 'enrolment'],
  ]
  const one = ([silence, which]: (typeof every)[number], count: number) =>
    holdHalfOpen({ port, count, silence, hello: hellos[which], comeBackPerSecond: 50 })
  const attacks = await Promise.all(every.map((each) => one(each, 500 / every.length)))
  expect(attacks.reduce((sum, { held }) => sum + held(), 0)).toBeGreaterThan(300)
  await besieged.bystanderWorksOn()
  expect(await besieged.newBrowser()).toBeGreaterThan(0)
  expect(await besieged.newMachine()).toBeGreaterThan(0)
  await Promise.all(attacks.map((attack) => attack.stop()))
  await vi.waitFor(async () => expect(await besieged.descriptors()).toBeLessThan(before.descriptors + 12))
  expect((await besieged.residentMiB()) - before.mib).toBeLessThan(128)
})

describe('a hello', () => {
  const answered = async (bytes: Uint8Array): Promise<string> => {
    const socket = say(bytes)
    const chunk = await new Promise<Buffer | null>((resolve) => socket.once('data', resolve).once('close', () => resolve(null)))
    return chunk === null ? 'closed' : ({ 21: 'alert', 22: 'answered' }[chunk[0] ?? 0] ?? 'something else')
  }
  const withName = async (name: string): Promise<Buffer> => {
    const hello = await clientHello('a'.repeat(name.length))
    return Buffer.from(hello.toString('latin1').replace('a'.repeat(name.length), name), 'latin1')
  }

  it.each(['public', 'tunnel', 'enrolment'] as const)('in records of one byte is put together and answered: %s', async (which) => {
    expect(await answered(inRecordsOf(hellos[which], 1))).toBe('answered')
    expect(await answered(inRecordsOf(hellos[which], 7))).toBe('answered')
  })

  it.each<readonly [string, () => Uint8Array | Promise<Uint8Array>]>([
    ['that is a line of HTTP', () => Buffer.from('GET / HTTP/1.1\r\nHost: sallyport.localhost\r\n\r\n')],
    ['that is an SSH banner', () => Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['of SSL 2', () => Buffer.from('802e0100020015000000100100800300800700c0060040020080040080', 'hex')],
    ['with an empty record before it', () => Buffer.concat([record(Buffer.alloc(0)), hellos.public])],
    ['with a record longer than a record may be', () => Buffer.from([22, 3, 1, 0x40, 0x01])],
    ['with an alert before it', () => Buffer.concat([record(Buffer.from([1, 0]), 21), hellos.public])],
    ['that is a ServerHello', () => record(Buffer.from([2, 0, 0, 4, 3, 3, 0, 0]))],
    ['that says it has sixteen megabytes', () => record(Buffer.from([1, 0xff, 0xff, 0xff, 3, 3]))],
    [
      'whose extensions lead past its end',
      () => record(Buffer.concat([Buffer.from([1, 0, 0, 43, 3, 3]), Buffer.alloc(32), Buffer.from([0, 0, 2, 0x13, 1, 1, 0, 0xff, 0xff])])),
    ],
    [
      'of 64 KiB in whole records',
      () => Buffer.concat(Array.from({ length: 4 }, () => record(Buffer.concat([Buffer.from([1, 0, 0xff, 0xff]), Buffer.alloc(16_380)])))),
    ],
    ['of garbage', () => record(Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 151) & 0xff)))],
  ])('%s is cut', async (_what, bytes) => {
    expect(await answered(await bytes())).toBe('closed')
  })

  it.each<readonly [string, string]>([
    ['a NUL', 'sallyport.localhost\0.evil.example'],
    ['a space', 'sallyport localhost'],
    ['bytes that are no ASCII', 'sallyport.localhos\xff'],
    ['a line end', 'sallyport\r\nlocalhost'],
    ['__proto__', '__proto__'],
    ['the name of nobody', 'elsewhere.example'],
  ])('for %s opens nothing but a handshake, and no process ends of it', async (_what, name) => {
    expect(['alert', 'answered', 'closed']).toContain(await answered(await withName(name)))
  })
})

it('a hello of one byte a second is cut long before it is whole', async () => {
  await vi.waitFor(() => expect(slow.closed).toBe(true))
  expect(slow.sent).toBeLessThan(hellos.public.length / 2)
})
