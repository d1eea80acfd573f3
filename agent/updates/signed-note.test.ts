import { describe, expect, it } from 'vitest'
import { signedNote, testSigner, testSigners } from '../testing/test-updates.ts'
import type { TestSigner } from '../testing/test-updates.ts'
import { readTrust } from './pinned-keys.ts'
import { longestNote, parseNote, parseNoteKey, signatureLine, verifyNote } from './signed-note.ts'

const { trust, signers } = testSigners()
const { anna, ben, dora } = signers
const noteOf = (...signedBy: TestSigner[]): string => signedNote({ program: 'x', signedBy }).note.toString('utf8')
const verified = (note: string | Buffer): readonly string[] => verifyNote(parseNote(Buffer.from(note)), trust.keys, trust.threshold)

describe('a signed note', () => {
  it('is that of other implementations: key and note of the documentation of golang.org/x/mod/sumdb/note', () => {
    const key = parseNoteKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    const line = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
    expect(verifyNote(parseNote(Buffer.from(`${text}\n${line}`)), [key], 1)).toEqual(['PeterNeumann'])
  })

  it('is good with two of three, in whatever order, and with strangers among them', () => {
    expect(verified(noteOf(anna, ben))).toEqual(['anna', 'ben'])
    expect(verified(noteOf(dora, signers.cem, anna))).toEqual(['cem', 'anna'])
  })

  it.each<[string, () => string]>([
    ['one signature', () => noteOf(anna)],
    ['the same key twice', () => noteOf(anna, anna)],
    ['a fourth key', () => noteOf(anna, dora)],
    ['a fourth key under the name of one of the three', () => noteOf(anna, { ...dora, name: 'ben' })],
    ['one of the three keys under two names', () => noteOf(anna, { ...anna, name: 'ben' })],
  ])('is not good with %s', (_what, note) => {
    expect(() => verified(note())).toThrow(expect.objectContaining({ code: 'too_few_signatures' }))
  })

  it('is spoilt by one false signature in a known name, whoever else signed', () => {
    const good = noteOf(anna, ben, signers.cem)
    expect(() => verified(good.replace('version 2.0.0', 'version 2.0.1'))).toThrow(expect.objectContaining({ code: 'bad_signature' }))
    const foreign = signatureLine('another text\n', 'cem', signers.cem.privateKey)
    expect(() => verified(`${noteOf(anna, ben)}${foreign}`)).toThrow(expect.objectContaining({ code: 'bad_signature' }))
  })

  it.each<[string, (note: string) => string | Buffer]>([
    ['no signatures', (note) => note.slice(0, note.lastIndexOf('\n\n') + 1)],
    ['a carriage return', (note) => note.replaceAll('\n', '\r\n')],
    ['an end without a line feed', (note) => note.slice(0, -1)],
    ['a line that is no signature', (note) => `${note}hello\n`],
    [
      'a signature that is written in another way',
      (note) => note.replace(/(.)==?\n/u, (_all, last: string) => `${last === 'A' ? 'B' : 'A'}==\n`),
    ],
    ['more than sixteen signatures', (note) => note + signatureLine('x\n', 'dora', dora.privateKey).repeat(15)],
    ['bytes that are no UTF-8', (note) => Buffer.concat([Buffer.of(0xff), Buffer.from(note)])],
    ['more bytes than there may be', (note) => `${'x'.repeat(longestNote + 1 - Buffer.byteLength(note))}${note}`],
  ])('cannot be read with %s', (_what, change) => {
    expect(() => verified(change(noteOf(anna, ben)))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^bad_package$|^bad_signature$/) }),
    )
  })

  it('may be as long as it may be, and have as many signatures as it may have', () => {
    const sixteen = noteOf(anna, ben) + signatureLine('x\n', 'dora', dora.privateKey).repeat(14)
    expect(verified(sixteen)).toEqual(['anna', 'ben'])
    expect(() => verified(`${'x'.repeat(longestNote - Buffer.byteLength(sixteen))}${sixteen}`)).toThrow(
      expect.objectContaining({ code: 'bad_signature' }),
    )
  })
})

describe('the keys that are pinned', () => {
  it('are three different ones', () => {
    expect(readTrust([anna.line, ben.line, dora.line])).toMatchObject({ threshold: 2, development: false })
    for (const lines of [
      [anna.line, ben.line],
      [anna.line, ben.line, ben.line],
      [anna.line, ben.line, testSigner('anna').line],
      [anna.line, ben.line, 'x'],
    ])
      expect(() => readTrust(lines)).toThrow(expect.objectContaining({ code: 'bad_key' }))
    const renamed = `ben2${anna.line.slice('anna'.length)}`
    expect(() => readTrust([anna.line, ben.line, renamed])).toThrow(expect.objectContaining({ code: 'bad_key' }))
  })

  it('say that they are for development', () => {
    expect(readTrust([testSigner('development-1').line, anna.line, ben.line]).development).toBe(true)
  })
})
