import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'

export type BodyCoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd'

const codings: Readonly<Record<string, BodyCoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
}

/** RFC 9110, section 8.4. `undefined`: one that we cannot read, or several. */
export function codingOf(values: readonly string[]): BodyCoding | undefined {
  const name = values.join(',').trim().toLowerCase()
  return Object.hasOwn(codings, name) ? codings[name] : undefined
}

/** @param first the first bytes of the body: some servers send bare DEFLATE in place of zlib's format, and browsers take both */
export function decoderOf(coding: Exclude<BodyCoding, 'identity'>, first: Buffer): Transform {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  if (coding === 'zstd') return createZstdDecompress()
  return isZlib(first) ? createInflate() : createInflateRaw()
}

/** RFC 1950, section 2.2. A body of one byte, or a first piece of one, is judged by that. */
const isZlib = (first: Buffer): boolean =>
  (first[0]! & 0x0f) === 8 && first[0]! >> 4 <= 7 && (first.length < 2 || (first[0]! * 256 + first[1]!) % 31 === 0)
