import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DeviceId, ServiceName, SessionId } from '../../../gateway/basics/ids.ts'
import { answerLikeAnAgent } from '../../support/test-device.ts'
import { deviceKeyUsages, extensions, forgeCertificate, generalNames, pem, withMirroredSignature } from './forge-certificate.ts'
import type { Forgery, Purpose } from './forge-certificate.ts'
import { openMachineDoors } from './machine-doors.ts'
import type { Credentials, MachineDoors, Signer } from './machine-doors.ts'

/*
 * Certificates at the two ports that ask for one. Teleport CVE-2025-49825 (whoever signed is itself signed), OpenZiti GHSA-mrpr-756c-xm47 (any certificate
 * of the chain was trusted), node-forge CVE-2026-33896 (basicConstraints), CVE-2025-66030 (truncated identifiers), CWE-295; RFC 5280, sections 4.1 and 4.2;
 * X.509-SVID, sections 2 and 4; security.md, E7. The attacker has the keys of our authority here: only the check itself stands in his way.
 */

let doors: MachineDoors
let foreign: Signer
/** Another machine, whose tunnel stays up through all of it. */
let honest: Credentials & { readonly fingerprint: string }
beforeAll(async () => {
  doors = await openMachineDoors()
  const { privateKey } = newKey()
  const name = 'Root of somewhere else'
  foreign = { name, privateKey, certificate: authority({ issuer: { name, privateKey }, name, key: privateKey, pathLength: 2 }) }
  const { keyPem, certificatePem, fingerprint } = await doors.door.enrol('press-honest')
  honest = { keyPem, chainPem: certificatePem, fingerprint }
  await doors.door.dial({ keyPem, certificatePem }, { onStream: answerLikeAnAgent({ device: 'press-honest' }) })
})
afterAll(async () => {
  const link = doors.door.listener.links.get('press-honest' as DeviceId)
  expect(await link?.info()).toMatchObject({ device: 'press-honest' })
  expect(doors.door.listener.links.list()).toHaveLength(1)
  await doors[Symbol.asyncDispose]()
})

const id = 'rogue-1'
const uriOf = (deviceId: string): string => `spiffe://gateway.test/device/${deviceId}`
const { uri, dns, email, ip, directory, other } = generalNames
const mine = uri(uriOf(id))
const newKey = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve })
const rsaKey = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey
const keyPemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const hours = (count: number): number => Date.now() + count * 3_600_000

const named = (...names: readonly Buffer[]): Buffer[] => [...deviceKeyUsages, extensions.subjectAltName(...names)]
const usedFor = (keyUsage: number, ...purposes: readonly Purpose[]): Buffer[] => [
  extensions.basicConstraints(false),
  extensions.keyUsage(keyUsage),
  ...(purposes.length === 0 ? [] : [extensions.extendedKeyUsage(...purposes)]),
  extensions.subjectAltName(mine),
]

interface Order extends Partial<Forgery> {
  readonly privateKey?: KeyObject
  readonly by?: Pick<Signer, 'name' | 'privateKey'>
  /** What is sent behind the leaf. */
  readonly behind?: readonly Buffer[]
  /** Of a machine that our records know; the certificate is none of theirs. */
  readonly unrecorded?: true
}

/** Makes the leaf that the order says, writes it into the records as a good one, and knocks with it at both doors. */
async function knockWith(order: Order): Promise<{ readonly tunnel: string; readonly enrolment: string }> {
  const { privateKey = newKey().privateKey, by = doors.issuing, behind = [], unrecorded = false, ...rest } = order
  const der = forgeCertificate({
    issuer: by.name,
    signer: by.privateKey,
    subject: id,
    publicKey: createPublicKey(privateKey),
    extensions: named(mine),
    ...rest,
  })
  if (!unrecorded) await doors.record(id, der)
  const credentials = { keyPem: keyPemOf(privateKey), chainPem: pem(der, ...behind) }
  // What a careful client would not send, this one does.
  const tls = { ciphers: 'DEFAULT@SECLEVEL=0' }
  return { tunnel: await doors.knock(credentials, tls), enrolment: await doors.renew(credentials, tls) }
}

interface AuthorityOrder {
  readonly issuer: Pick<Signer, 'name' | 'privateKey'>
  readonly name: string
  readonly key: KeyObject
  readonly pathLength?: number
  readonly more?: readonly Buffer[]
  readonly times?: Pick<Forgery, 'notBeforeMs' | 'notAfterMs'>
}
function authority({ issuer, name, key, pathLength, more = [], times = {} }: AuthorityOrder): Buffer {
  return forgeCertificate({
    issuer: issuer.name,
    signer: issuer.privateKey,
    subject: name,
    publicKey: createPublicKey(key),
    serial: Buffer.from([0x55, name.length, more.length]),
    extensions: [
      extensions.basicConstraints(true, pathLength),
      extensions.keyUsage(0x06),
      extensions.subjectKeyIdentifier(createPublicKey(key)),
      extensions.authorityKeyIdentifier(createPublicKey(issuer.privateKey)),
      ...more,
    ],
    ...times,
  })
}

const refused = { tunnel: 'bad-certificate', enrolment: expect.stringMatching(/^403 /) as string }
const expired = { ...refused, tunnel: 'expired' }
const admitted = { tunnel: 'in', enrolment: expect.stringMatching(/^415 /) as string }

describe('who signed it', () => {
  it('a right one gets in, so that each one below is kept out by what is wrong with it alone', async () => {
    expect(await knockWith({})).toEqual(admitted)
  })

  it.each<readonly [string, () => Order, typeof refused]>([
    ['itself', () => selfSigned(), refused],
    ['itself, under the name of our authority', () => selfSigned(doors.issuing.name), refused],
    ['an authority of the same name and key identifier, with its whole chain', () => lookAlike(), refused],
    ['the same, with our real issuing certificate between', () => lookAlike(doors.issuing.certificate), refused],
    ['a foreign root', () => ({ by: foreign, behind: [foreign.certificate] }), refused],
    ['a key that a foreign root says is our issuing authority', () => crossSigned(newKey().privateKey), refused],
    [
      'a machine, with a certificate for clients',
      () => nested([...deviceKeyUsages, extensions.subjectAltName(uri(uriOf('press-2')))]),
      refused,
    ],
    ['a machine that says it is an authority', () => nested([extensions.basicConstraints(true), extensions.keyUsage(0x86)]), refused],
    [
      'an authority below the issuing one, which may have none (path length 0)',
      () => nested([extensions.basicConstraints(true, 0), extensions.keyUsage(0x06)]),
      refused,
    ],
    ['an authority of our root, which is right', () => underRoot({}), admitted],
    ['an authority of our root that has ended', () => underRoot({ times: { notBeforeMs: hours(-48), notAfterMs: hours(-24) } }), expired],
    ['an authority of our root that has not begun', () => underRoot({ times: { notBeforeMs: hours(24), notAfterMs: hours(48) } }), refused],
    ['an authority of our root for another name space', () => underRoot({ more: [extensions.nameConstraints('other.test')] }), refused],
    ['an authority of our root with an extension that nobody knows', () => underRoot({ more: [extensions.unknown(true)] }), refused],
    ['an authority of our root, and the same extension twice', () => underRoot({ more: [extensions.keyUsage(0x06)] }), refused],
  ])('%s', async (_what, order, outcome) => {
    expect(await knockWith(order())).toEqual(outcome)
  })

  it('what a foreign root says about our own issuing key takes nothing away, and gives nothing', async () => {
    const ours = crossSigned(doors.issuing.privateKey)
    expect(await knockWith({ ...ours, by: doors.issuing })).toEqual(admitted)
  })

  function selfSigned(name = id): Order {
    const { privateKey } = newKey()
    return { privateKey, by: { name, privateKey } }
  }
  /** Its key is another, all that can be copied is copied. */
  function lookAlike(...between: readonly Buffer[]): Order {
    const { privateKey } = newKey()
    const { root, issuing } = doors
    const copied = [extensions.subjectKeyIdentifier(createPublicKey(issuing.privateKey))]
    const fakeRoot = { name: root.name, privateKey: newKey().privateKey }
    const fake = authority({ issuer: fakeRoot, name: issuing.name, key: privateKey, more: [] })
    const rootCertificate = authority({ issuer: fakeRoot, name: root.name, key: fakeRoot.privateKey })
    return { by: { name: issuing.name, privateKey }, extensions: [...named(mine), ...copied], behind: [...between, fake, rootCertificate] }
  }
  function crossSigned(privateKey: KeyObject): Order {
    const { name } = doors.issuing
    const certificate = authority({ issuer: foreign, name, key: privateKey, pathLength: 0 })
    return { by: { name, privateKey }, behind: [certificate, foreign.certificate] }
  }
  function nested(itsExtensions: readonly Buffer[]): Order {
    const { issuing } = doors
    const { privateKey } = newKey()
    const subject = 'press-2'
    const publicKey = createPublicKey(privateKey)
    const parent = forgeCertificate({ issuer: issuing.name, signer: issuing.privateKey, subject, publicKey, extensions: itsExtensions })
    return { by: { name: subject, privateKey }, behind: [parent, issuing.certificate] }
  }
  function underRoot(change: Pick<AuthorityOrder, 'more' | 'times'>): Order {
    const { root } = doors
    const { privateKey } = newKey()
    const name = 'Issuing of last year'
    return { by: { name, privateKey }, behind: [authority({ issuer: root, name, key: privateKey, pathLength: 0, ...change })] }
  }
})

describe('whom it names', () => {
  it.each<readonly [string, readonly Buffer[]]>([
    ['every machine', [uri(uriOf('*'))]],
    ['every trust domain', [uri(`spiffe://*/device/${id}`)]],
    ['everything', [uri('spiffe://gateway.test/*')]],
    ['two machines', [mine, uri(uriOf('press-honest'))]],
    ['two machines, ours last', [uri(uriOf('press-honest')), mine]],
    ['the same twice', [mine, mine]],
    ['a mail address beside', [mine, email('rogue-1@gateway.test')]],
    ['an address beside', [mine, ip([127, 0, 0, 1])]],
    ['a directory name beside', [mine, directory('press-honest')]],
    ['a user principal beside', [mine, other('press-honest')]],
    ['no URI but a name that reads like one', [dns(`URI:${uriOf(id)}`)]],
    ['nothing', []],
    ['a user before the host', [uri(`spiffe://x@gateway.test/device/${id}`)]],
    ['a password before the host', [uri(`spiffe://gateway.test:x@evil.test/device/${id}`)]],
    ['a port', [uri(`spiffe://gateway.test:443/device/${id}`)]],
    ['a dot behind the host', [uri(`spiffe://gateway.test./device/${id}`)]],
    ['the host in upper case', [uri(`spiffe://GATEWAY.TEST/device/${id}`)]],
    ['the machine in upper case', [uri(uriOf('ROGUE-1'))]],
    ['the path in upper case', [uri(`spiffe://gateway.test/DEVICE/${id}`)]],
    ['another scheme', [uri(`https://gateway.test/device/${id}`)]],
    ['percent signs', [uri(uriOf('%72ogue-1'))]],
    ['a percent sign in the path', [uri(`spiffe://gateway.test/%64evice/${id}`)]],
    ['a host in punycode', [uri(`spiffe://xn--gatewy-hqa.test/device/${id}`)]],
    ['a host in UTF-8', [uri(Buffer.from(`spiffe://gätewäy.test/device/${id}`).toString('latin1'))]],
    ['a full-width letter', [uri(Buffer.from(uriOf('rogue-１')).toString('latin1'))]],
    ['a Cyrillic letter', [uri(Buffer.from(uriOf('rоgue-1')).toString('latin1'))]],
    ['an ideographic full stop', [uri(Buffer.from(`spiffe://gateway。test/device/${id}`).toString('latin1'))]],
    ['a slash more', [uri(`spiffe://gateway.test//device/${id}`)]],
    ['a slash behind', [uri(`${uriOf(id)}/`)]],
    ['dot segments', [uri(`spiffe://gateway.test/device/x/../${id}`)]],
    ['two dots', [uri(uriOf('rogue..1'))]],
    ['a query', [uri(`${uriOf(id)}?x`)]],
    ['a fragment', [uri(`${uriOf(id)}#x`)]],
    ['a backslash', [uri(`spiffe://gateway.test\\device/${id}`)]],
    ['a NUL behind', [uri(`${uriOf(id)}\0.evil.test`)]],
    ['a NUL before', [uri(`\0${uriOf(id)}`)]],
    ['a line end behind', [uri(`${uriOf(id)}\n`)]],
    ['a quotation mark', [uri(`${uriOf(id)}"`)]],
    ['a space behind', [uri(`${uriOf(id)} `)]],
    ['a long name', [uri(uriOf('r'.repeat(64)))]],
    ['a name without end', [uri(uriOf('r'.repeat(8_000)))]],
    ['__proto__', [uri(uriOf('__proto__'))]],
  ])('%s', async (_what, names) => {
    expect(await knockWith({ extensions: named(...names) })).toEqual(refused)
  })

  it.each<readonly [string, Order]>([
    ['two extensions with names', { extensions: [...named(mine), extensions.subjectAltName(uri(uriOf('press-honest')))] }],
    ['no extension at all (version 1)', { extensions: [] }],
  ])('%s', async (_what, order) => {
    expect(await knockWith(order)).toEqual(refused)
  })

  it('its subject says nothing: another machine there makes it nobody else', async () => {
    expect(await knockWith({ subject: 'press-honest' })).toEqual(admitted)
    expect(await knockWith({ subject: 'rogue-1\n"level":50', extensions: named(uri(uriOf('press-2'))), unrecorded: true })).toEqual(unknown)
  })
})

const unknown = { tunnel: 'unknown-device', enrolment: expect.stringMatching(/^403 .*not known here/) as string }

describe('what it is for', () => {
  const caLeaf = [
    extensions.basicConstraints(true),
    extensions.keyUsage(0x84),
    extensions.extendedKeyUsage('clientAuth'),
    extensions.subjectAltName(mine),
  ]
  it.each<readonly [string, Order, typeof refused]>([
    ['servers alone', { extensions: usedFor(0x80, 'serverAuth') }, refused],
    ['servers too', { extensions: usedFor(0x80, 'clientAuth', 'serverAuth') }, refused],
    ['code', { extensions: usedFor(0x80, 'codeSigning') }, refused],
    ['anything', { extensions: usedFor(0x80, 'any') }, refused],
    ['clients and anything', { extensions: usedFor(0x80, 'clientAuth', 'any') }, refused],
    ['nothing that is said', { extensions: usedFor(0x80) }, refused],
    ['encrypting keys alone', { extensions: usedFor(0x20, 'clientAuth') }, refused],
    ['signing certificates alone', { extensions: usedFor(0x06, 'clientAuth') }, refused],
    ['clients, and being an authority (CVE-2026-33896)', { extensions: caLeaf }, refused],
    ['a use that nobody knows, and must', { extensions: [...named(mine), extensions.unknown(true)] }, refused],
    ['a use that nobody knows, and need not', { extensions: [...named(mine), extensions.unknown(false)] }, admitted],
    ['a time that has not begun', { notBeforeMs: hours(1), notAfterMs: hours(2) }, refused],
    ['a time that is over', { notBeforeMs: hours(-2), notAfterMs: hours(-1) }, expired],
    ['a time that ends before it begins', { notBeforeMs: hours(1), notAfterMs: hours(-1) }, expired],
    ['a time long ago', { notBeforeMs: Date.UTC(1951, 0), notAfterMs: Date.UTC(1969, 0) }, expired],
  ])('%s', async (_what, order, outcome) => {
    expect(await knockWith(order)).toEqual(outcome)
  })
})

describe('how weak it is', () => {
  it.each<readonly [string, () => Order]>([
    ['RSA of 1024 bits', () => ({ privateKey: rsaKey(1_024) })],
    ['a signature over SHA-1', () => ({ hash: 'sha1' })],
  ])('%s', async (_what, order) => {
    expect(await knockWith(order())).toEqual(refused)
  })

  it.each<readonly [string, () => KeyObject]>([
    ['RSA of 512 bits', () => rsaKey(512)],
    ['a curve of 192 bits', () => newKey('prime192v1').privateKey],
  ])('%s signs no handshake of TLS 1.3 (RFC 8446, section 4.2.3)', async (_what, privateKey) => {
    const none = { tunnel: 'no-certificate', enrolment: expect.stringMatching(/^403 .*no-certificate/) as string }
    expect(await knockWith({ privateKey: privateKey() })).toEqual(none)
  })
})

describe('how its number is written', () => {
  it.each<readonly [string, (serial: Buffer) => Buffer]>([
    ['as that of an honest machine', (serial) => serial],
    ['as its negative', (serial) => Buffer.concat([Buffer.from([(serial[0] ?? 0) | 0x80]), serial.subarray(1)])],
    ['with a zero before it', (serial) => Buffer.concat([Buffer.from([0]), Buffer.from([(serial[0] ?? 0) | 0x80]), serial.subarray(1)])],
    ['with more octets than twenty', (serial) => Buffer.concat([Buffer.alloc(5, 0x01), serial])],
    ['as zero', () => Buffer.from([0])],
    ['as -1', () => Buffer.from([0xff])],
  ])('%s: our records go by the whole certificate, so it is nobody', async (_what, written) => {
    const serial = Buffer.from(new X509Certificate(honest.chainPem).serialNumber, 'hex')
    expect(await knockWith({ serial: written(serial), extensions: named(uri(uriOf('press-honest'))), unrecorded: true })).toEqual(unknown)
  })

  it('the same number by another authority is nobody either', async () => {
    const serial = Buffer.from(new X509Certificate(honest.chainPem).serialNumber, 'hex')
    expect(await knockWith({ serial, by: foreign, behind: [foreign.certificate] })).toEqual(refused)
  })

  it('a revoked one whose signature is written the other way round (r, n-s) is no new one: records say who may, not who may not', async () => {
    const { keyPem, certificatePem, fingerprint } = await doors.door.enrol('press-stolen')
    const mirrored = pem(withMirroredSignature(new X509Certificate(certificatePem).raw))
    expect(new X509Certificate(mirrored).verify(createPublicKey(doors.issuing.privateKey))).toBe(true)
    expect(mirrored).not.toBe(certificatePem)
    for (const revoke of [() => {}, () => doors.door.store.revokeCertificate(fingerprint)]) {
      revoke()
      expect(await doors.knock({ keyPem, chainPem: mirrored })).toBe('unknown-device')
      expect(await doors.renew({ keyPem, chainPem: mirrored })).toMatch(/^403 .*not known here/)
    }
  })
})

describe('what is sent beside it', () => {
  const impostor = (): Credentials => {
    const { privateKey } = newKey()
    const leaf = forgeCertificate({
      issuer: foreign.name,
      signer: foreign.privateKey,
      subject: 'press-honest',
      publicKey: createPublicKey(privateKey),
      extensions: named(uri(uriOf('press-honest'))),
    })
    return { keyPem: keyPemOf(privateKey), chainPem: pem(leaf) + honest.chainPem + pem(doors.issuing.certificate) }
  }

  it("a real machine's certificate behind a foreign leaf is filler (GHSA-mrpr-756c-xm47)", async () => {
    expect(await doors.knock(impostor())).toBe('bad-certificate')
    expect(await doors.renew(impostor())).toMatch(/^403 /)
  })

  it('two hundred certificates are read or not, and change nothing', async () => {
    const filler = Array.from({ length: 200 }, () => foreign.certificate)
    const { tunnel } = await knockWith({ behind: filler })
    expect(tunnel).toMatch(/^(?:in|alert .*|closed without a word)$/)
    const rogue = await knockWith({ by: foreign, behind: filler })
    expect(rogue.tunnel).toMatch(/^(?:bad-certificate|alert .*|closed without a word)$/)
  })

  it('a lane is held to the same: a rogue with a real machine as filler is never named to that machine', async () => {
    const dial = (key: string, cert: string) => {
      const { port } = doors.door.listener.address
      const ca = doors.door.authority.bundlePem
      return connect({ host: '127.0.0.1', port, servername: 'localhost', ca, key, cert, ALPNProtocols: ['sallyport-lane/1'] })
    }
    const { keyPem, chainPem } = impostor()
    const rogue = dial(keyPem, chainPem)
    rogue.on('error', () => {}).resume()
    rogue.write(`${'a'.repeat(32)}\n`)
    const own = dial(honest.keyPem, honest.chainPem)
    own.on('error', () => {}).resume()
    own.write(`${'b'.repeat(32)}\n`)
    await vi.waitFor(() => expect([rogue.closed, own.closed]).toEqual([true, false]))
    const link = doors.door.listener.links.get('press-honest' as DeviceId)
    const stream = await link?.openStream(`ses_${'1'.repeat(32)}` as SessionId, 'hmi' as ServiceName)
    stream?.destroy()
    own.destroy()
  })
})
