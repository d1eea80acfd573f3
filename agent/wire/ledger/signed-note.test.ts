import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { utf8 } from './bytes.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { largestEntry, readEntry } from './entry.ts'
import { nodeLedgerCrypto } from './node-crypto.ts'
import { formatNote, mostSignatures, parseNote, verifierKey, verifyNote } from './signed-note.ts'

const crypto = nodeLedgerCrypto()
const text = formatCheckpoint({ origin: 'a.example/m/press/1', size: 3, root: new Uint8Array(32) })
const pair = (name: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { key: verifierKey(crypto, name, 1, publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)), privateKey }
}
const by = ({ key, privateKey }: { key: ReturnType<typeof pair>['key']; privateKey: KeyObject }, signed = text) => ({
  name: key.name,
  id: key.id,
  signature: new Uint8Array(sign(null, utf8(signed), privateKey)),
})

describe('a signed note', () => {
  const writer = pair('a.example/m/press/1')
  const stranger = pair('a.example/m/press/1')

  it('is good by a key that is known, and says nothing about others', async () => {
    const note = parseNote(formatNote({ text, signatures: [by(stranger), by(writer)] }))
    expect(await verifyNote(crypto, note, [writer.key])).toMatchObject({ ok: true, signatures: [{ key: { id: writer.key.id } }] })
  })

  it('is not signed by a key of the same name with another id', async () => {
    const note = parseNote(formatNote({ text, signatures: [by(stranger)] }))
    expect(await verifyNote(crypto, note, [writer.key])).toEqual({ ok: true, signatures: [] })
  })

  it('is spoiled by one bad signature that a known key is said to have made, also beside a good one', async () => {
    const note = parseNote(formatNote({ text, signatures: [by(writer), by(writer, `${text}x`)] }))
    expect(await verifyNote(crypto, note, [writer.key])).toMatchObject({ ok: false })
  })

  it.each([
    ['a CR before its LF', formatNote({ text, signatures: [by(writer)] }).replaceAll('\n', '\r\n')],
    ['more signatures than it may', formatNote({ text, signatures: Array.from({ length: mostSignatures + 1 }, () => by(writer)) })],
    ['none', `${text}\n`],
    ['no empty line', text],
    ['a hyphen for the dash', formatNote({ text, signatures: [by(writer)] }).replace('—', '-')],
    ['something after its last line', `${formatNote({ text, signatures: [by(writer)] })}x`],
  ])('with %s is none', (_, note) => {
    expect(() => parseNote(note)).toThrow(/note|signature/)
  })

  it.each([
    'x\n03\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n',
    'x\n3\nAAAA\n',
    `${text}extension\n`,
    'x\n3\n',
    `x\n3\n${'A'.repeat(42)}B=\n`,
  ])('is no head with the text %j', (wrong) => {
    expect(() => parseCheckpoint(wrong)).toThrow(/checkpoint/)
  })
})

describe('an entry', () => {
  const entry = (members: string) =>
    utf8(
      `{"actor":{"id":null,"kind":"device"},"boot":"${'0'.repeat(32)}","detail":{${members}},"log":"x","mono":0,"peer":null,"prev":null,"seq":0,"session":null,"time":0,"type":"chat.said","v":1}`,
    )
  it.each([
    ['1.0 for 1', '"a":1.0'],
    ['an escape for a letter', String.raw`"a":"\u0062"`],
    ['a lone surrogate', String.raw`"a":"\ud800"`],
    ['a name twice', '"a":1,"a":1'],
    ['names out of order', '"b":1,"a":1'],
    ['a space', '"a": 1'],
    ['minus zero', '"a":-0'],
    ['an integer that no number holds', '"a":9007199254740993'],
  ])('with %s is not canonical', (_, members) => {
    expect(() => readEntry(entry(members))).toThrow(expect.objectContaining({ fault: 'not_canonical' }))
  })

  it.each([
    ['a fraction', '"a":1.5'],
    ['a name that is none of ours', '"__proto__":1'],
    ['too many bytes', `"a":"${'x'.repeat(largestEntry)}"`],
  ])('with %s is not of the members of one', (_, members) => {
    expect(() => readEntry(entry(members))).toThrow(expect.objectContaining({ fault: 'fields' }))
  })

  it('is read as it was written', () => expect(readEntry(entry('"a":1')).detail).toEqual({ a: 1 }))
})
