import { readFileSync } from 'node:fs'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../agent/wire/canonical-json.ts'
import { fromBase64, toBase64, utf8 } from '../../agent/wire/ledger/bytes.ts'
import { parseCheckpoint } from '../../agent/wire/ledger/checkpoint.ts'
import { entryBytes, readEntry } from '../../agent/wire/ledger/entry.ts'
import {
  appendLeaf,
  emptyFrontier,
  leafHash,
  proveConsistency,
  proveInclusion,
  rootFromInclusion,
  rootOf,
  subtreesOf,
} from '../../agent/wire/ledger/hash-tree.ts'
import { formatLine, parseLine } from '../../agent/wire/ledger/ledger-lines.ts'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import {
  cosignedText,
  formatNote,
  formatSignature,
  formatVerifierKey,
  packCosignature,
  parseNote,
  parseVerifierKey,
  verifierKey,
  verifyNote,
  type KeyType,
} from '../../agent/wire/ledger/signed-note.ts'
import { formatTlogProof, parseTlogProof } from '../../agent/wire/ledger/tlog-proof.ts'
import { verifyLedgers } from '../../gateway/ledger/verifier/verify-ledgers.ts'

const read = (name: string): string => readFileSync(new URL(`vectors/${name}`, import.meta.url), 'utf8')
const crypto = nodeLedgerCrypto()

interface Vectors {
  readonly keys: Readonly<
    Record<string, { name: string; type: KeyType; seed_hex: string; public_base64: string; key_id_hex: string; vkey: string }>
  >
  readonly leaves: Readonly<Record<'machine' | 'gateway', readonly string[]>>
  readonly roots: Readonly<Record<'machine' | 'gateway', readonly string[]>>
  readonly checkpoint_machine_3: { readonly text: string; readonly cosigned_bytes_utf8: string; readonly note: string }
  readonly request: { readonly canonical: string; readonly digest: string }
  readonly consistency_machine: Readonly<Record<string, readonly string[]>>
  readonly inclusion_machine_6_of_7: readonly string[]
}
const vectors = JSON.parse(read('vectors.json')) as Vectors
const entriesOf = (log: string): Uint8Array[] =>
  read(`${log}.log`)
    .split('\n')
    .filter((line) => line.startsWith('E '))
    .map((line) => utf8(line.slice(2)))

describe('the vectors of the formats', () => {
  it.each(['machine', 'gateway'] as const)('have the leaves and roots of the %s’s log', (log) => {
    const leaves = entriesOf(log).map((bytes) => leafHash(crypto, bytes))
    expect(leaves.map(toBase64)).toEqual(vectors.leaves[log])
    let tree = emptyFrontier
    const roots = [toBase64(rootOf(crypto, tree))]
    for (const leaf of leaves) {
      tree = appendLeaf(crypto, tree, leaf)
      roots.push(toBase64(rootOf(crypto, tree)))
    }
    expect(roots).toEqual(vectors.roots[log])
  })

  it.each(['machine', 'gateway'] as const)('write and read each entry of the %s’s log as the same bytes', (log) => {
    for (const bytes of entriesOf(log)) expect(Buffer.from(entryBytes(readEntry(bytes))).toString()).toBe(Buffer.from(bytes).toString())
  })

  it('name keys and their ids', () => {
    for (const { name, type, public_base64: key, key_id_hex: id, vkey } of Object.values(vectors.keys)) {
      const made = verifierKey(crypto, name, type, fromBase64(key, 'a key'))
      expect([made.id, formatVerifierKey(made)]).toEqual([id, vkey])
      expect(parseVerifierKey(crypto, vkey)).toEqual(made)
    }
  })

  it('have the proofs between heads and of an entry', () => {
    const tree = subtreesOf(
      crypto,
      entriesOf('machine').map((bytes) => leafHash(crypto, bytes)),
    )
    expect(proveConsistency(tree, 1, 7).map(toBase64)).toEqual(vectors.consistency_machine['1-7'])
    expect(proveConsistency(tree, 3, 7).map(toBase64)).toEqual(vectors.consistency_machine['3-7'])
    expect(proveInclusion(tree, 6, 7).map(toBase64)).toEqual(vectors.inclusion_machine_6_of_7)
  })

  it('sign and cosign a head as the same note', () => {
    const { text, cosigned_bytes_utf8: cosigned, note } = vectors.checkpoint_machine_3
    const [log, cosigner] = [vectors.keys['mlog']!, vectors.keys['gcos']!]
    const timeS = 1_795_500_075
    expect(cosignedText(timeS, text)).toBe(cosigned)
    const signatures = [
      { name: log.name, id: log.key_id_hex, signature: signWith(log.seed_hex, text) },
      { name: cosigner.name, id: cosigner.key_id_hex, signature: packCosignature(timeS, signWith(cosigner.seed_hex, cosigned)) },
    ]
    expect(formatNote({ text, signatures })).toBe(note)
    expect(parseNote(note).signatures.map(formatSignature).join('')).toBe(note.slice(text.length + 1))
  })

  it.each(['machine', 'gateway'] as const)('prove with the receipt of the %s that its last entry is in the log', async (log) => {
    const text = read(`${log}.tlog-proof`)
    const proof = parseTlogProof(text)
    expect(formatTlogProof(proof)).toBe(text)
    const note = parseNote(proof.note)
    const head = parseCheckpoint(note.text)
    const leaf = leafHash(crypto, entriesOf(log)[proof.index]!)
    expect(toBase64(rootFromInclusion(crypto, { index: proof.index, size: head.size, leaf, proof: proof.hashes })!)).toBe(
      toBase64(head.root),
    )
    const keys = Object.values(vectors.keys).map(({ vkey }) => parseVerifierKey(crypto, vkey))
    expect(await verifyNote(crypto, note, keys)).toMatchObject({ ok: true, signatures: [{ timeS: null }, { timeS: expect.any(Number) }] })
  })

  it('have a request whose digest is that of its canonical form', () => {
    const { canonical, digest } = vectors.request
    expect(canonicalJson(JSON.parse(canonical))).toBe(canonical)
    expect(toBase64(crypto.sha256(utf8(canonical)))).toBe(digest)
  })

  it.each(['machine.log', 'gateway.log', 'exchange-open-request.txt', 'exchange-open-response.txt'])(
    'write each line of %s as it was read',
    (name) => {
      for (const line of read(name).trimEnd().split('\n'))
        expect(Buffer.from(formatLine(parseLine(utf8(line)))).toString()).toBe(`${line}\n`)
    },
  )
})

const verdicts = JSON.parse(read('verdicts.json')) as {
  name: string
  exit: number
  code: string
  log?: string
  seq?: number
  size?: number
}[]

describe('the verifier on the vectors', () => {
  it.each(verdicts)('says $code of $name', async ({ name, exit, code, log, seq, size }) => {
    const path = name === 'good' ? '' : `tampered/${name}.`
    const source = (side: string) => ({
      async *open() {
        yield utf8(read(`${path}${side}.log`))
      },
    })
    const { message, ...verdict } = await verifyLedgers({
      crypto,
      machine: source('machine'),
      gateway: source('gateway'),
      keys: read('keys.txt'),
    })
    expect(verdict).toEqual(Object.fromEntries(Object.entries({ exit, code, log, seq, size }).filter(([, value]) => value !== undefined)))
    expect(message).not.toBe('')
  })
})

function signWith(seedHex: string, text: string): Uint8Array {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(seedHex, 'hex')])
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  expect(createPublicKey(key).asymmetricKeyType).toBe('ed25519')
  return sign(null, utf8(text), key)
}
