import { createPrivateKey, createPublicKey } from 'node:crypto'
import { parseRelease, writeRelease } from '../../../../agent/updates/release-note.ts'
import { parseNote, parseNoteKey, signatureLine, verifyNote, writeNoteKey } from '../../../../agent/updates/signed-note.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** RFC 8032, section 7.1, test 1: a key that signs nothing else. */
const privateKey = createPrivateKey({
  key: Buffer.from('302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  format: 'der',
  type: 'pkcs8',
})
const key = parseNoteKey(writeNoteKey('anna', createPublicKey(privateKey)))
const text = writeRelease({
  version: '1.2.3-rc.1',
  platform: 'linux-x64',
  length: 7,
  sha256: 'a'.repeat(64),
  expiresMs: Date.UTC(2030, 0, 1),
  news: { en: ['Faster.'], de: ['Schneller.'] },
})
const note = `${text}\n${signatureLine(text, 'anna', privateKey)}`

/** C2SP signed-note: what is signed is what is read, and one byte more or less is not. */
export const target: FuzzTarget = {
  name: 'signed-note',
  covers: ['agent/updates/signed-note.ts', 'agent/updates/release-note.ts', 'agent/updates/compare-versions.ts'],
  mostBytes: 17 * 1024,
  seeds: [note, note.replace('anna', 'ben'), `${note}${signatureLine(text, 'anna', privateKey)}`, text],
  words: ['\n\n', '— ', 'anna', 'version ', 'sha256 ', 'expires ', 'news-en ', '\r\n', '\u2028', '=='],
  attempt(bytes) {
    let read: ReturnType<typeof parseNote>
    try {
      read = parseNote(bytes)
    } catch (error) {
      holds((error as { code?: string }).code === 'bad_package', 'another error than its own')
      return
    }
    holds(bytes.toString('utf8').startsWith(`${read.text}\n— `), 'the text is not what stands before the signatures')
    try {
      verifyNote(read, [key], 1)
    } catch (error) {
      holds(['bad_signature', 'too_few_signatures'].includes((error as { code?: string }).code ?? ''), 'another error than its own')
      return
    }
    holds(read.text === text, 'a text that was never signed counts as signed')
    holds(
      JSON.stringify(parseRelease(writeRelease(parseRelease(read.text)))) === JSON.stringify(parseRelease(text)),
      'written again it is another',
    )
  },
}
