import { gzipSync } from 'node:zlib'
import { readBundle } from '../../../../gateway/policies-admin/read-bundle.ts'
import { type FuzzTarget, holds, valueOrRefusal } from '../fuzz-target.ts'

/** One file of a tar (POSIX ustar). */
function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(`${content.length.toString(8).padStart(11, '0')} `, 124)
  header.write('0', 156)
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512)
  body.write(content)
  return Buffer.concat([header, body])
}

/** The compiled policy: `policy_bundle_unreadable`, or files no larger than the archive. Bytes are the tar; as they are they are no gzip. */
export const target: FuzzTarget = {
  name: 'policy-bundle',
  covers: ['gateway/policies-admin/read-bundle.ts'],
  mostBytes: 16 * 1024,
  seeds: [Buffer.concat([entry('/policy.wasm', 'asm'), entry('/data.json', '{}'), Buffer.alloc(1_024)]), entry('x', '')],
  words: ['0000000', '77777777777', '-1'],
  attempt(bytes) {
    valueOrRefusal(['policy_bundle_unreadable'], () => readBundle(bytes))
    const files = valueOrRefusal(['policy_bundle_unreadable'], () => readBundle(gzipSync(bytes, { level: 0 })))
    if (files === undefined) return
    let size = 0
    for (const content of files.values()) size += content.length
    holds(size <= bytes.length, 'more bytes than there are')
  },
}
