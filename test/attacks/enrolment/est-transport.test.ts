import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DeviceId } from '../../../gateway/basics/ids.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { derTag, readDer, readOne, writeDer } from '../../../gateway/pki/der.ts'
import { newEnrolmentPassword } from '../../../gateway/pki/enrolment-password.ts'
import { newTestCsr } from '../../support/test-credentials.ts'
import { openMachineDoors } from '../tls/machine-doors.ts'
import type { Credentials, MachineDoors } from '../tls/machine-doors.ts'

/*
 * What can be done to enrolment on the way of its bytes: RFC 7030, sections 3.2, 3.4, 4.2 and RFC 8951 (transport); OpenZiti GHSA-4h58-w989-xgg4 (a field
 * that switches a check off), GHSA-q8g9-jc4c-jp6q (a gibibyte before anybody is known), frp CVE-2026-40910 (one value routes, another one authorises);
 * fastify CVE-2026-25223 (types that pass the check); RFC 9112, sections 6 and 9.3.2. Bytes over TLS, no HTTP client.
 */

let doors: MachineDoors
let machines = 0
beforeAll(async () => {
  doors = await openMachineDoors()
})
afterAll(() => doors[Symbol.asyncDispose]())

/** A machine whose password nobody has used. */
function fresh(): { readonly id: DeviceId; readonly basic: string; readonly password: string } {
  const id = `press-${(machines += 1)}` as DeviceId
  const { password, passwordHash } = newEnrolmentPassword(systemRandom)
  doors.door.store.open(id, passwordHash)
  return { id, password, basic: basicOf(id, password) }
}
const basicOf = (id: string, password: string): string => `Authorization: Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`
async function enrolled(): Promise<Credentials & { readonly id: DeviceId }> {
  const id = `press-${(machines += 1)}` as DeviceId
  const { keyPem, certificatePem } = await doors.door.enrol(id)
  return { id, keyPem, chainPem: certificatePem }
}

function dial(credentials?: Credentials, at = doors): TLSSocket {
  const own = credentials === undefined ? {} : { key: credentials.keyPem, cert: credentials.chainPem }
  return connect({ host: '127.0.0.1', port: at.estPort, servername: 'localhost', ca: at.door.authority.bundlePem, ...own })
}
/** Everything that was answered until the end of the connection. */
function heard(bytes: string | Buffer, credentials?: Credentials): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(credentials)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', () => {})
    socket.once('close', () => resolve(text))
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}
const statusesOf = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
const pkcs10 = 'Content-Type: application/pkcs10'
const post = (operation: string, lines: readonly string[], body: string | Buffer, last = true): Buffer => {
  const content = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1')
  const framed = lines.some((line) => /^(?:transfer-encoding|content-length):/i.test(line)) ? [] : [`Content-Length: ${content.length}`]
  const head = [
    `POST /.well-known/est/${operation} HTTP/1.1`,
    'Host: localhost',
    ...lines,
    ...framed,
    ...(last ? ['Connection: close'] : []),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), content])
}
/** The names in the certificate that was answered; null where none was. */
function issuedTo(text: string): string | undefined | null {
  const body = text.split('\r\n\r\n')[1] ?? ''
  if (!text.startsWith('HTTP/1.1 200 ')) return null
  // ContentInfo, [0], SignedData: version, digests, content, [0] with the certificates (RFC 5652, section 5.1).
  const [, explicit] = readDer(readOne(Buffer.from(body, 'base64'), derTag.sequence).content)
  const signedData = readDer(readOne(explicit?.content ?? Buffer.alloc(0), derTag.sequence).content)
  const certificates = signedData.find(({ tag }) => tag === derTag.context0)?.content ?? Buffer.alloc(0)
  return new X509Certificate(certificates).subjectAltName
}
const uriOf = (id: string): string => `URI:spiffe://gateway.test/device/${id}`

describe('the body of a request for a certificate', () => {
  const csr = async (): Promise<string> => (await newTestCsr()).der.toString('base64')
  const lines = (text: string, size: number, end: string): string => text.replaceAll(new RegExp(`.{${size}}`, 'g'), `$&${end}`)

  it.each<readonly [string, (base64: string) => string]>([
    ['in one line', (base64) => base64],
    ['in lines of 64', (base64) => lines(base64, 64, '\r\n')],
    ['in lines of 76 that end with LF alone', (base64) => lines(base64, 76, '\n')],
    ['in lines of one letter', (base64) => lines(base64, 1, '\n')],
    ['with blanks and tabs between', (base64) => lines(base64, 10, ' \t')],
    ['with empty lines around', (base64) => `\r\n\r\n${base64}\r\n\r\n`],
  ])('%s is read (RFC 8951, section 3.1)', async (_what, written) => {
    const { id, basic } = fresh()
    expect(issuedTo(await heard(post('simpleenroll', [basic, pkcs10], written(await csr()))))).toBe(uriOf(id))
  })

  it.each<readonly [string, readonly string[]]>([
    ['in upper case', ['Content-Type: APPLICATION/PKCS10']],
    ['with a parameter', ['Content-Type: application/pkcs10; charset=utf-8']],
    ['beside a coding of the transfer, which means nothing (RFC 8951, section 3)', [pkcs10, 'Content-Transfer-Encoding: 8bit']],
  ])('whose type is written %s is read', async (_what, type) => {
    const { id, basic } = fresh()
    expect(issuedTo(await heard(post('simpleenroll', [basic, ...type], await csr())))).toBe(uriOf(id))
  })

  it('in chunks of one byte is read', async () => {
    const { id, basic } = fresh()
    const chunked = `${lines(await csr(), 1, '\r\n1\r\n')
      .replace(/^/, '1\r\n')
      .replace(/1\r\n$/, '')}0\r\n\r\n`
    expect(issuedTo(await heard(post('simpleenroll', [basic, pkcs10, 'Transfer-Encoding: chunked'], chunked)))).toBe(uriOf(id))
  })

  it.each<readonly [string, number, (base64: string, der: Buffer) => string | Buffer]>([
    ['as DER', 400, (_base64, der) => der],
    ['as PEM', 400, (base64) => `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`],
    ['twice', 400, (base64) => base64 + base64],
    ['twice, each without its padding', 400, (base64) => (base64 + base64).replaceAll('=', '')],
    ['and something behind it', 400, (_base64, der) => Buffer.concat([der, Buffer.from([5, 0])]).toString('base64')],
    ['with padding in the middle', 400, (base64) => `${base64.slice(0, 100)}==${base64.slice(100)}`],
    ['in the alphabet of URLs', 400, (_base64, der) => `${der.toString('base64url')}--__`],
    ['with a NUL', 400, (base64) => `${base64.slice(0, 100)}\0${base64.slice(100)}`],
    ['with a byte order mark', 400, (base64) => `\xef\xbb\xbf${base64}`],
    ['in quotes', 400, (base64) => `"${base64}"`],
    ['as JSON', 400, (base64) => `{"csr":"${base64}"}`],
    ['as a part of several', 400, (base64) => `--x\r\n${pkcs10}\r\n\r\n${base64}\r\n--x--\r\n`],
    ['of nothing', 400, () => ''],
    ['of padding', 400, () => '===='],
    ['of blanks', 400, () => ' \r\n '],
    ['of 13 KiB', 413, () => 'A'.repeat(13 * 1024)],
  ])('%s is refused', async (_what, status, written) => {
    const { id, basic } = fresh()
    const { der } = await newTestCsr()
    expect(statusesOf(await heard(post('simpleenroll', [basic, pkcs10], written(der.toString('base64'), der))))).toEqual([status])
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it.each([
    'Content-Type: multipart/mixed; boundary=x',
    'Content-Type: application/pkcs10, text/plain',
    'Content-Type: application/pkcs10+x',
    'Content-Type: application/x-pkcs10',
    'Content-Type: application/pkcs10\tx',
    'Content-Type: text/plain; application/pkcs10',
    'Content-Type:',
    'X-Content-Type: application/pkcs10',
    'Content_Type: application/pkcs10',
  ])('of the type %j is refused (CVE-2026-25223)', async (type) => {
    const { id, basic } = fresh()
    expect(statusesOf(await heard(post('simpleenroll', [basic, type], await csr())))).toEqual([415])
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it.each<readonly [string, readonly string[]]>([
    ['two lengths', ['Content-Length: 4', 'Content-Length: 5']],
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['an unknown coding', ['Transfer-Encoding: xchunked']],
    ['a length that is none', ['Content-Length: +4']],
  ])('with %s is refused', async (_what, framing) => {
    const { id, basic } = fresh()
    expect(statusesOf(await heard(post('simpleenroll', [basic, pkcs10, ...framing], '0\r\n\r\n')))).toEqual([400])
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it('behind another one, on the same connection, is judged by its own password', async () => {
    const first = fresh()
    const two = Buffer.concat([
      post('simpleenroll', [first.basic, pkcs10], await csr(), false),
      post('simpleenroll', [pkcs10], await csr()),
    ])
    expect(statusesOf(await heard(two))).toEqual([200, 401])
  })
})

describe('proof of possession', () => {
  /** The parts of a request, of which some are another's. */
  const partsOf = (der: Buffer): readonly Buffer[] => readDer(readOne(der, derTag.sequence).content).map(({ raw }) => raw)
  const signedBy = (info: Buffer, algorithm: Buffer, key: KeyObject): Buffer =>
    writeDer(derTag.sequence, info, algorithm, writeDer(derTag.bitString, Buffer.from([0]), sign('sha256', info, key)))

  it.each<readonly [string, (mine: readonly Buffer[], other: readonly Buffer[]) => Buffer]>([
    [
      "another's key, signed with one's own",
      ([, algorithm], [info]) =>
        signedBy(info ?? Buffer.alloc(0), algorithm ?? Buffer.alloc(0), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    [
      "another's signature",
      ([info, algorithm], [, , signature]) => writeDer(derTag.sequence, ...([info, algorithm, signature] as Buffer[])),
    ],
    [
      'no signature',
      ([info, algorithm]) => writeDer(derTag.sequence, ...([info, algorithm] as Buffer[]), writeDer(derTag.bitString, Buffer.from([0]))),
    ],
    [
      'a signature of zeros (CVE-2022-21449)',
      ([info, algorithm]) =>
        writeDer(derTag.sequence, ...([info, algorithm] as Buffer[]), writeDer(derTag.bitString, Buffer.from('003006020100020100', 'hex'))),
    ],
  ])('%s is none', async (_what, made) => {
    const { id, basic } = fresh()
    const [mine, other] = await Promise.all([newTestCsr(), newTestCsr()])
    const body = made(partsOf(mine.der), partsOf(other.der)).toString('base64')
    const text = await heard(post('simpleenroll', [basic, pkcs10], body))
    expect([statusesOf(text), text]).toEqual([[400], expect.stringMatching(/possession|DER/)])
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })
})

describe('who is renewed', () => {
  it('is whom the certificate names, whatever the request calls itself, and whoever the password would be for', async () => {
    const machine = await enrolled()
    const { basic, id } = fresh()
    const body = (await newTestCsr('P-256', id)).der.toString('base64')
    expect(issuedTo(await heard(post('simplereenroll', [pkcs10], body), machine))).toBe(uriOf(machine.id))
    expect(
      issuedTo(await heard(post('simplereenroll', [pkcs10, basic], (await newTestCsr('P-256', id)).der.toString('base64')), machine)),
    ).toBe(uriOf(machine.id))
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it("is nobody by a password alone, and enrolled by another's certificate is nobody either (CVE-2026-40910)", async () => {
    const { basic } = fresh()
    const body = (await newTestCsr()).der.toString('base64')
    expect(statusesOf(await heard(post('simplereenroll', [pkcs10, basic], body)))).toEqual([403])
    expect(statusesOf(await heard(post('simpleenroll', [pkcs10], body), await enrolled()))).toEqual([401])
  })

  it('never gets the key of another machine', async () => {
    const [machine, other] = [await enrolled(), await enrolled()]
    const { der, keyPem } = await newTestCsr()
    const mine = { id: machine.id, keyPem: machine.keyPem, chainPem: machine.chainPem }
    expect(statusesOf(await heard(post('simplereenroll', [pkcs10], der.toString('base64')), mine))).toEqual([200])
    expect(keyPem).toContain('PRIVATE KEY')
    expect(statusesOf(await heard(post('simplereenroll', [pkcs10], der.toString('base64')), other))).toEqual([409])
  })
})

describe('a field that would switch a check off (GHSA-4h58-w989-xgg4)', () => {
  const tricks = [
    'X-SSL-Client-Verify: SUCCESS',
    'SSL-Client-Verify: SUCCESS',
    'X-SSL-Client-S-DN: CN=press-1',
    'X-Client-Cert: press-1',
    'X-Forwarded-Client-Cert: URI=spiffe://gateway.test/device/press-1',
    'X-Forwarded-User: press-1',
    'X-Device-Id: press-1',
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
    'X-HTTP-Method-Override: GET',
    'X-Original-URL: /.well-known/est/cacerts',
    'Connection: Authorization',
    'Proxy-Authorization: Basic cHJlc3MtMTp4',
    'Upgrade: h2c',
    'Expect: 200-ok',
    'Cookie: session=1',
  ]
  it('opens neither enrolment nor renewal: one by one and all together', async () => {
    const { id } = fresh()
    const body = (await newTestCsr()).der.toString('base64')
    for (const lines of [...tricks.map((line) => [line]), tricks.filter((line) => !/^(?:Expect|Upgrade|Connection)/.test(line))]) {
      const renewal = statusesOf(await heard(post('simplereenroll', [pkcs10, ...lines], body)))
      const enrolment = statusesOf(await heard(post('simpleenroll', [pkcs10, ...lines], body)))
      expect([lines, renewal, enrolment]).toEqual([
        lines,
        [lines[0]?.startsWith('Expect') ? 417 : 403],
        [lines[0]?.startsWith('Expect') ? 417 : 401],
      ])
    }
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it('nor does a second Authorization, or another scheme', async () => {
    const { basic, id, password } = fresh()
    const body = (await newTestCsr()).der.toString('base64')
    const wrong = basicOf(id, 'wrong')
    for (const lines of [
      [wrong, basic],
      [`Authorization: Bearer ${password}`],
      [`Authorization: Digest username="${id}"`],
      [`Authorization: Basic ${password}`],
    ])
      expect([lines, statusesOf(await heard(post('simpleenroll', [pkcs10, ...lines], body)))]).toEqual([lines, [401]])
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })

  it.each([
    'GET /.well-known/est/simpleenroll',
    'PUT /.well-known/est/simpleenroll',
    'POST //.well-known/est/simpleenroll',
    'POST /.well-known/est/simpleenroll/',
    'POST /.well-known/est/simpleenroll?x',
    'POST /.well-known/est/%73impleenroll',
    'POST /.well-known/est/x/../simpleenroll',
    'POST /.well-known/est/label/simpleenroll',
    'POST /.well-known/est/serverkeygen',
    'POST /.well-known/est/fullcmc',
    'POST /.WELL-KNOWN/EST/SIMPLEENROLL',
    'POST https://localhost/.well-known/est/simpleenroll',
    'POST *',
    'TRACE /.well-known/est/cacerts',
    'CONNECT localhost:443',
  ])('%s is no way in', async (line) => {
    const { basic, id } = fresh()
    const body = (await newTestCsr()).der.toString('base64')
    const text = await heard(
      `${line} HTTP/1.1\r\nHost: localhost\r\n${basic}\r\n${pkcs10}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(
      statusesOf(text).every((status) => status >= 400 && status < 500),
      text,
    ).toBe(true)
    expect((await doors.door.store.find(id))?.state).toBe('open')
  })
})

describe('one password', () => {
  it('used by eight at the same instant makes one machine, whoever was first, and locks out who has another key', async () => {
    const { id, basic } = fresh()
    const requests = await Promise.all(
      Array.from({ length: 8 }, async () => post('simpleenroll', [basic, pkcs10], (await newTestCsr()).der.toString('base64'))),
    )
    const sockets = await Promise.all(
      requests.map(async () => {
        const socket = dial()
        await new Promise((resolve) => socket.once('secureConnect', resolve))
        return socket
      }),
    )
    const answers = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = ''
          socket
            .on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
            .on('error', () => {})
            .once('close', () => resolve(text))
        }),
    )
    for (const [at, socket] of sockets.entries()) socket.write(requests[at] ?? '')
    const statuses = (await Promise.all(answers)).flatMap(statusesOf)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409 || status === 403)).toHaveLength(7)
    expect((await doors.door.store.find(id))?.state).toBe('locked')
  })

  it('used by eight with one key gives all of them the same certificate', async () => {
    const { id, basic } = fresh()
    const request = post('simpleenroll', [basic, pkcs10], (await newTestCsr()).der.toString('base64'))
    const answers = await Promise.all(Array.from({ length: 8 }, () => heard(request)))
    expect(answers.map(issuedTo)).toEqual(Array.from({ length: 8 }, () => uriOf(id)))
    expect(new Set(answers.map((text) => text.split('\r\n\r\n')[1])).size).toBe(1)
  })
})

describe('whoever takes his time, or never ends', () => {
  it('with a body byte by byte is cut by the time for the whole request, with or without the right password, and told so', async () => {
    await using hasty = await openMachineDoors({}, { headersTimeoutMs: 1_500 })
    const { password, passwordHash } = newEnrolmentPassword(systemRandom)
    hasty.door.store.open('press-slow' as DeviceId, passwordHash)
    const drip = async (authorization: string): Promise<number[]> => {
      const socket = await vi.waitFor(
        () =>
          new Promise<TLSSocket>((resolve, reject) => {
            const one = dial(undefined, hasty).on('error', () => {})
            // A machine under load may not finish a handshake in the short time of this listener.
            one.once('secureConnect', () => resolve(one)).once('close', () => reject(new Error('closed')))
          }),
      )
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      socket.write(post('simpleenroll', [authorization, pkcs10, 'Content-Length: 8000'], 'A'))
      const timer = setInterval(() => socket.write('A'), 50)
      await vi.waitFor(() => expect(socket.closed).toBe(true))
      clearInterval(timer)
      return statusesOf(text)
    }
    expect(await Promise.all([drip(basicOf('press-slow', password)), drip(basicOf('press-slow', 'wrong'))])).toEqual([[408], [401]])
  })

  it.each(['announced', 'in chunks'])(
    'with a gibibyte, %s, is refused at once and cut long before its end (GHSA-q8g9-jc4c-jp6q)',
    async (how) => {
      const chunked = how === 'in chunks'
      const piece = Buffer.alloc(256 * 1024, 'A')
      const framed = chunked ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]) : piece
      const residentBefore = process.memoryUsage.rss()
      const socket = dial()
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', () => {})
      socket.write(post('simpleenroll', [pkcs10, chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${1024 ** 3}`], ''))
      let sent = 0
      const more = (): void => {
        while (sent < 1024 ** 3 && !socket.destroyed) {
          sent += piece.length
          if (!socket.write(framed)) return
        }
      }
      socket.on('drain', more)
      more()
      await vi.waitFor(() => expect(socket.closed).toBe(true))
      if (text !== '') expect(statusesOf(text)).toEqual([401])
      expect(sent / 1024 ** 2).toBeLessThan(64)
      expect((process.memoryUsage.rss() - residentBefore) / 1024 ** 2).toBeLessThan(64)
    },
  )

  it('that was answered, with empty lines behind it without end, is closed (RFC 9112, section 2.2)', async () => {
    const socket = dial()
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', () => {})
    socket.write('GET /.well-known/est/cacerts HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const lines = Buffer.alloc(64 * 1024, '\r\n')
    const more = (): void => {
      while (!socket.destroyed && socket.write(lines));
    }
    socket.on('drain', more)
    more()
    await vi.waitFor(() => expect(socket.closed).toBe(true))
    expect(statusesOf(text)).toEqual([200])
  })
})
