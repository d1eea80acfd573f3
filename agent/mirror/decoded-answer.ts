import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }, done: (error: Error | null, result: Buffer) => void) => void

/** 8 MiB, as RFC 9659 allows of the web; what an answer asks for beyond is memory. */
const mostZstdWindow = 23

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
  zstd: (bytes, options, done) => zstdDecompress(bytes, { ...options, params: { [constants.ZSTD_d_windowLogMax]: mostZstdWindow } }, done),
}

/** An answer's bytes without their content coding; the same buffer where there was none. Null for what cannot be read, or is more than may be. */
export async function decodedAnswer(bytes: Buffer, coding: string, most: number): Promise<Buffer | null> {
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') return bytes
  const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (decode === undefined) return null
  return await new Promise((resolve) => {
    decode(bytes, { maxOutputLength: most }, (error, result) => resolve(error === null ? result : null))
  })
}
