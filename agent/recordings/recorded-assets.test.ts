import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LiveSession } from '../approvals/approval-state.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { Mirror } from '../mirror/create-mirror.ts'
import { mostAssetBytes } from '../mirror/seen-assets.ts'
import type { SeenAsset } from '../mirror/seen-assets.ts'
import type { RecordedAsset, RecordedEntry } from '../panel/panel-api-recordings.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import { createRecordedAssets, mostRecordedBytes, mostRecordedPaths, mostWaitingForAssets } from './recorded-assets.ts'
import { recordSession } from './record-session.ts'
import { createRecordingWriter } from './recording-writer.ts'

let n = 0
const assetOf = (path: string, bytes: Buffer): SeenAsset => ({ n: (n += 1), service: 'hmi', path, type: 'image/png', bytes })
/** No two are equal. */
const imageOf = (bytes: number): Buffer => {
  const image = Buffer.alloc(bytes)
  image.writeUInt32BE((n += 1))
  return image
}

function start(waiting = 0) {
  const told: RecordedAsset[] = []
  const state = { waiting }
  const see = createRecordedAssets({ tell: (entry) => told.push(entry), waitingBytes: () => state.waiting })
  const short = (): string[] => told.map((one) => (one.kind === 'asset' ? one.asset.path : `${one.path} = ${one.of}`))
  return { told, short, state, see: (path: string, bytes = imageOf(2_000)) => see(assetOf(path, bytes)) }
}

describe('pictures in a recording', () => {
  it('never end it, however many pass while the disk is slow', async () => {
    const failures: string[] = []
    const folder = mkdtempSync(join(tmpdir(), 'recorded-assets-'))
    const stalled = Promise.withResolvers<null>()
    const clock = new FakeClock()
    const writer = createRecordingWriter({
      path: join(folder, 'one.recording'),
      clock,
      mayWrite: () => stalled.promise,
      onFailure: (why) => failures.push(why),
    })
    const lines: RecordedEntry[] = []
    let came: (asset: SeenAsset) => void = () => {}
    const stop = (): void => {}
    const mirror = {
      pages: { follow: () => stop, list: () => [] },
      requests: { follow: () => stop, changedAfter: () => [] },
      assets: { follow: (follower: typeof came) => ((came = follower), stop) },
    } as unknown as Mirror
    const recorder = recordSession({
      live: { id: 'ses_1', technician: {}, services: [] } as unknown as LiveSession,
      add: (line) => {
        lines.push(JSON.parse(line.toString()) as RecordedEntry)
        writer.add(line)
      },
      waitingBytes: () => writer.waitingBytes,
      ...mirror,
      refusals: { newest: () => [] } as unknown as RefusalRecord,
      clock,
      title: (service) => service,
    })
    for (let image = 0; image < 60; image += 1) came(assetOf(`/x.svg?${image}`, imageOf(mostAssetBytes)))
    recorder.end()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(failures).toEqual([])
    expect(lines.filter(({ kind }) => kind === 'asset').length).toBeLessThan(20)
    expect(lines.at(-1)).toMatchObject({ kind: 'end' })
    stalled.resolve(null)
    await writer.close()
    expect(failures).toEqual([])
    rmSync(folder, { recursive: true })
  })

  it('are told once where they are equal, and else by which one they are', () => {
    const { see, short } = start()
    const image = imageOf(2_000)
    see('/a', image)
    see('/b')
    see('/c', Buffer.from(image))
    see('/b', image)
    expect(short()).toEqual(['/a', '/b', '/c = 0', '/b = 0'])
  })

  it('are left out while much waits for the disk, and what stood at their path with them', () => {
    const { see, short, state } = start(mostWaitingForAssets - 1)
    see('/a')
    state.waiting = mostWaitingForAssets
    see('/b')
    see('/a')
    see('/a')
    state.waiting -= 1
    see('/b')
    expect(short()).toEqual(['/a', '/a = null', '/b'])
  })

  it('are no more than a bound in bytes, small ones counted as more than they are', () => {
    const { see, told, short } = start()
    for (let bytes = 0; bytes < mostRecordedBytes - mostAssetBytes; bytes += mostAssetBytes) see('/large', imageOf(mostAssetBytes))
    for (let small = 0; small < mostAssetBytes / 1_024; small += 1) see('/small', imageOf(4))
    const most = mostRecordedBytes / mostAssetBytes - 1 + mostAssetBytes / 1_024
    expect(told.length).toBe(most)
    see('/more', imageOf(4))
    expect(told.length).toBe(most)
    see('/large', imageOf(4))
    expect(short().at(-1)).toBe('/large = null')
  })

  it('are no more than a bound in number of their paths', () => {
    const { see, told } = start()
    const image = imageOf(4)
    for (let path = 0; path < mostRecordedPaths + 1; path += 1) see(`/${path}`, image)
    expect(told.length).toBe(mostRecordedPaths)
    see('/0')
    expect(told.length).toBe(mostRecordedPaths + 1)
  })
})
