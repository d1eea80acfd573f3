import { gunzipSync } from 'node:zlib'
import { CodedError } from '../basics/coded-error.ts'

const blockBytes = 512
const mostBundleBytes = 64 * 1024 * 1024

/**
 * The regular files of an OPA bundle (tar in gzip, POSIX ustar), by name without the leading slash.
 * @throws CodedError `policy_bundle_unreadable`
 */
export function readBundle(bundle: Uint8Array): Map<string, Uint8Array> {
  try {
    return readTar(gunzipSync(bundle, { maxOutputLength: mostBundleBytes }))
  } catch (cause) {
    throw new CodedError({
      code: 'policy_bundle_unreadable',
      message: 'What the compiler wrote is not a bundle that can be read.',
      remedy: 'bug',
      cause,
    })
  }
}

function readTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let at = 0
  while (at + blockBytes <= tar.length && tar[at] !== 0) {
    const header = tar.subarray(at, at + blockBytes)
    const size = Number.parseInt(text(header, 124, 12), 8)
    const start = at + blockBytes
    if (!Number.isSafeInteger(size) || size < 0 || start + size > tar.length) throw new RangeError('bad size in tar header')
    const isFile = header[156] === 0x30 || header[156] === 0
    if (isFile) files.set(text(header, 0, 100).replace(/^\//, ''), tar.slice(start, start + size))
    at = start + Math.ceil(size / blockBytes) * blockBytes
  }
  return files
}

function text(block: Uint8Array, offset: number, length: number): string {
  const bytes = block.subarray(offset, offset + length)
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end)).trim()
}
