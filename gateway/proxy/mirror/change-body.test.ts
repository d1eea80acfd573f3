import { randomBytes } from 'node:crypto'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertInto } from './change-body.ts'
import { codingOf, type BodyCoding } from './decode-body.ts'

const tag = '<script></script>'
const html = `<!doctype html><html><head><title>${'Druckmaschine '.repeat(3_000)}</title></head><body>${randomBytes(30_000).toString('base64')}</body></html>`
const expected = html.replace('<head>', `<head>${tag}`)

const encoders: readonly (readonly [string, BodyCoding, (body: string) => Buffer])[] = [
  ['nothing', 'identity', (body) => Buffer.from(body)],
  ['gzip', 'gzip', (body) => gzipSync(body)],
  ['gzip in two members', 'gzip', (body) => Buffer.concat([gzipSync(body.slice(0, 40)), gzipSync(body.slice(40))])],
  ['deflate', 'deflate', (body) => deflateSync(body)],
  ['deflate without its wrapping', 'deflate', (body) => deflateRawSync(body)],
  ['br', 'br', (body) => brotliCompressSync(body)],
  ['zstd', 'zstd', (body) => zstdCompressSync(body)],
]

/** What comes out of the body in these pieces; the browser takes none of it while `waits`. */
function changed(coding: BodyCoding, pieces: readonly Buffer[], waits = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = []
    let next = 0
    const change = insertInto(
      tag,
      coding,
    )({
      onData(chunk) {
        out.push(chunk)
        if (!waits) return
        change.pause()
        setImmediate(() => change.resume())
      },
      onRoom: () => feed(),
      onEnd: () => resolve(Buffer.concat(out).toString()),
      onError: reject,
    })
    const feed = (): void => {
      while (next < pieces.length) if (!change.write(pieces[next++]!)) return
      if (next++ === pieces.length) change.end()
    }
    feed()
  })
}

describe.each(encoders)('a document in %s', (_name, coding, encode) => {
  const body = encode(html)

  it('gets the tag, however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 8 }), async (cuts) => {
        const at = [...new Set([0, 1, ...cuts, body.length])].toSorted((a, b) => a - b)
        const pieces = at.slice(1).map((end, index) => body.subarray(at[index], end))
        expect((await changed(coding, pieces)) === expected).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  it('waits for a slow browser', async () => {
    expect((await changed(coding, [body], true)) === expected).toBe(true)
  })

  it.skipIf(coding === 'identity')('that breaks off or is something else is never whole', async () => {
    await expect(changed(coding, [body.subarray(0, body.length - 40)])).rejects.toBeInstanceOf(Error)
    await expect(changed(coding, [Buffer.from('<!doctype html><p>not what it says it is')])).rejects.toBeInstanceOf(Error)
  })

  it('may be empty', async () => {
    expect(await changed(coding, coding === 'identity' ? [] : [encode('')])).toBe(tag)
    expect(await changed(coding, [])).toBe(tag)
  })
})

it('codings that we cannot read are not touched', () => {
  expect(['', 'gzip', 'x-gzip', ' BR ', 'Identity', 'zstd', 'deflate'].map((value) => codingOf([value]))).toEqual([
    'identity',
    'gzip',
    'gzip',
    'br',
    'identity',
    'zstd',
    'deflate',
  ])
  expect(codingOf([])).toBe('identity')
  expect([['gzip', 'br'], ['compress'], ['constructor'], ['gzip, gzip']].map(codingOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
