import { hash } from 'node:crypto'
import type { SeenAsset } from '../mirror/seen-assets.ts'
import { assetBody } from '../mirror/told-bodies.ts'
import type { RecordedAsset } from '../panel/panel-api-recordings.ts'

/** Pictures and fonts are decoration: they never end a recording, so they leave most of what may wait for the disk to what happens. */
export const mostWaitingForAssets = 8 * 1024 * 1024
/** Of all of them in a recording, as they were before base64; each counts for `leastBytes` at least. */
export const mostRecordedBytes = 32 * 1024 * 1024
const leastBytes = 1_024
/** Each is told whenever it becomes another. */
export const mostRecordedPaths = 4_000

export interface RecordedAssetsOptions {
  readonly tell: (entry: RecordedAsset) => void
  /** Of the recording, for the disk. */
  readonly waitingBytes: () => number
}

/** Tells the assets of one session: equal bytes once, however many paths have them. What is too much is not told, and takes the place of what stood at its path. */
export function createRecordedAssets({ tell, waitingBytes }: RecordedAssetsOptions): (asset: SeenAsset) => void {
  /** SHA-256 -> which of the told assets it is. */
  const told = new Map<string, number>()
  /** Where something stands. */
  const paths = new Set<string>()
  let bytes = 0

  return (asset) => {
    const { service, path } = asset
    const key = `${service} ${path}`
    if (!paths.has(key) && paths.size >= mostRecordedPaths) return
    const digest = hash('sha256', asset.bytes)
    const before = told.get(digest)
    if (before !== undefined) {
      paths.add(key)
      return tell({ kind: 'asset_at', service, path, of: before })
    }
    const cost = Math.max(asset.bytes.length, leastBytes)
    if (bytes + cost > mostRecordedBytes || waitingBytes() >= mostWaitingForAssets) {
      if (paths.delete(key)) tell({ kind: 'asset_at', service, path, of: null })
      return
    }
    told.set(digest, told.size)
    paths.add(key)
    bytes += cost
    tell({ kind: 'asset', asset: assetBody(asset) })
  }
}
