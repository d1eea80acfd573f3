import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { createSeenAssets, mostAssetBytes, mostAssets, mostBytes, mostUnderWayBytes } from './seen-assets.ts'
import type { SeenAssets } from './seen-assets.ts'

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x0a\0\0\0\x0a', 'latin1'), Buffer.alloc(100, 1)])
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
let live: string | null
let assets: SeenAssets
beforeEach(() => {
  live = 'ses_1'
  assets = createSeenAssets({ isMirrored: (service) => service !== 'dark', liveSession: () => live })
})

const head = {
  session: 'ses_1',
  service: 'hmi',
  method: 'GET',
  path: '/a.png',
  status: 200,
  type: 'image/png',
  coding: '',
  length: null as number | null,
}
const pass = async (members: Partial<typeof head>, ...chunks: Buffer[]): Promise<void> => {
  const passing = assets.begin({ ...head, ...members })
  for (const chunk of chunks) passing?.add(chunk)
  passing?.end()
  // Decoding takes a thread.
  await new Promise((resolve) => setTimeout(resolve, members.coding === undefined ? 0 : 20))
}
const paths = (): string[] => assets.list().map(({ path }) => path)

describe('assets that pass', () => {
  it('are kept as they are, whatever they are called, and told', async () => {
    const told: string[] = []
    assets.follow(({ path }) => told.push(path))
    await pass({}, png.subarray(0, 50), png.subarray(50))
    await pass({ path: '/b?x', type: 'application/octet-stream' }, Buffer.from('wOF2 and more'))
    expect(assets.list()).toMatchObject([
      { n: 1, service: 'hmi', path: '/a.png', type: 'image/png', bytes: png },
      { n: 2, path: '/b?x', type: 'font/woff2' },
    ])
    await pass({}, png)
    expect(told).toEqual(['/a.png', '/b?x'])
    await pass({}, Buffer.concat([png, png]))
    expect(assets.list().map(({ n, path }) => `${n} ${path}`)).toEqual(['2 /b?x', '3 /a.png'])
  })

  it.each([
    ['gzip', gzipSync(svg)],
    ['deflate', deflateSync(svg)],
    ['br', brotliCompressSync(svg)],
    ['zstd', zstdCompressSync(svg)],
  ])('are decoded (%s)', async (coding, bytes) => {
    await pass({ coding, type: 'image/svg+xml' }, bytes)
    await expect.poll(() => assets.list(), { interval: 2 }).toMatchObject([{ type: 'image/svg+xml', bytes: svg }])
  })

  it.each([
    ['of another session', { session: 'ses_2' }],
    ['of a service that is not mirrored', { service: 'dark' }],
    ['of another method', { method: 'POST' }],
    ['a part', { status: 206 }],
    ['a page', { type: 'text/html' }],
    ['larger than may be, as it says', { length: mostAssetBytes + 1 }],
    ['in a coding that nobody knows', { coding: 'x' }],
    ['in a coding that it is not in', { coding: 'gzip' }],
  ])('are not kept where it is %s', async (_name, members) => {
    await pass(members, png)
    expect(paths()).toEqual([])
  })

  it('are not kept where they are none, too large, cut off, or a bomb', async () => {
    await pass({}, Buffer.from('<html><script>1</script>'))
    await pass({ type: 'image/svg+xml' }, Buffer.from('<html><svg></svg></html>'))
    await pass({}, png, Buffer.alloc(mostAssetBytes))
    assets.begin(head)?.add(png)
    await pass({ coding: 'gzip', path: '/bomb' }, gzipSync(Buffer.concat([png, Buffer.alloc(mostAssetBytes)])))
    expect(paths()).toEqual([])
    const largest = Buffer.concat([png, Buffer.alloc(mostAssetBytes - png.length)])
    // It has no room as long as the bomb is being decoded.
    await expect.poll(() => pass({}, largest).then(paths), { interval: 2 }).toEqual(['/a.png'])
  })

  it('are no more than a bound, in number and bytes: the oldest go', async () => {
    for (let n = 0; n < mostAssets + 2; n += 1) await pass({ path: `/${n}` }, png)
    expect([assets.list().length, paths()[0]]).toEqual([mostAssets, '/2'])
    const large = Buffer.concat([png, Buffer.alloc(mostAssetBytes - png.length)])
    for (let n = 0; n < mostBytes / mostAssetBytes + 1; n += 1) await pass({ path: `/large ${n}` }, large)
    expect(assets.list().reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(mostBytes)
    expect(paths()[0]).toBe('/large 1')
  })

  it('are copied as they pass: nothing that a chunk belongs to is held', async () => {
    const passing = assets.begin(head)
    const chunk = Buffer.alloc(1)
    for (const byte of png) {
      chunk[0] = byte
      passing?.add(chunk)
    }
    passing?.end()
    await expect.poll(() => assets.list(), { interval: 2 }).toMatchObject([{ bytes: png }])
  })

  it('take no more than a bound while they pass, all of them together: those that began first are given up', async () => {
    const large = Buffer.concat([png, Buffer.alloc(mostAssetBytes - png.length)])
    const most = mostUnderWayBytes / mostAssetBytes
    const passAtOnce = async (count: number): Promise<string[]> => {
      const passing = Array.from({ length: count }, (_, n) => assets.begin({ ...head, path: `/${count} ${n}` }))
      for (const one of passing) one?.add(large)
      for (const one of passing) one?.end()
      await new Promise((resolve) => setTimeout(resolve, 5))
      return paths().filter((path) => path.startsWith(`/${count} `))
    }
    expect((await passAtOnce(most)).length).toBe(most)
    expect(await passAtOnce(most + 1)).toEqual(Array.from({ length: most }, (_, n) => `/${most + 1} ${n + 1}`))
    const stalled = Array.from({ length: most }, () => assets.begin({ ...head, path: '/cut' }))
    for (const one of stalled) one?.add(large)
    for (const one of stalled) one?.cut()
    expect((await passAtOnce(most - 1)).length).toBe(most - 1)
  })

  it('are decoded one after the other', async () => {
    const large = Buffer.concat([png, Buffer.alloc(mostAssetBytes - png.length, 'some text')])
    const first = pass({ path: '/first', coding: 'gzip' }, gzipSync(large))
    await pass({ path: '/second', coding: 'gzip' }, gzipSync(png))
    await first
    await expect.poll(paths, { interval: 2 }).toEqual(['/first', '/second'])
  })

  it('are gone with their session', async () => {
    await pass({}, png)
    live = null
    assets.sessionChanged()
    expect(paths()).toEqual([])
    await pass({}, png)
    live = 'ses_2'
    await pass({ session: 'ses_2', path: '/new' }, png)
    expect(paths()).toEqual(['/new'])
  })
})
