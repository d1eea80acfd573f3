import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { AnswerWatch } from '../streams/request-watch.ts'
import { assetType } from './asset-type.ts'

/** A picture or a font of a service that passed through this agent in the session: what the technician's browser was given, and nothing else. */
export interface SeenAsset {
  /** Rises with each that comes. */
  readonly n: number
  readonly service: string
  /** Path and query, as they were asked for. */
  readonly path: string
  /** Of what it was found to be, whatever the service says. */
  readonly type: string
  readonly bytes: Buffer
}

export interface SeenAssets extends AnswerWatch {
  /** Those that are kept, in the order in which they came. */
  list(): readonly SeenAsset[]
  /** The session is over, or another one began. */
  sessionChanged(): void
  follow(came: (asset: SeenAsset) => void): () => void
}

/** As it passes, and when it is decoded. */
export const mostAssetBytes = 512 * 1024
export const mostBytes = 16 * 1024 * 1024
export const mostAssets = 500
const mostPath = 2_000
const wanted = /^(?:image\/|font\/|application\/(?:font-|x-font-|octet-stream))/i

export interface SeenAssetsOptions {
  /** As the customer lets the pages of a service be mirrored. */
  readonly isMirrored: (service: string) => boolean
  readonly liveSession: () => string | null
}

export function createSeenAssets({ isMirrored, liveSession }: SeenAssetsOptions): SeenAssets {
  let session: string | null = null
  let kept = new Map<string, SeenAsset>()
  let bytes = 0
  let n = 0
  const followers = new Set<(asset: SeenAsset) => void>()

  const drop = (key: string): void => {
    bytes -= kept.get(key)?.bytes.length ?? 0
    kept.delete(key)
  }
  const keep = (found: Omit<SeenAsset, 'n'>): void => {
    const key = `${found.service} ${found.path}`
    if (kept.get(key)?.bytes.equals(found.bytes) === true) return
    n += 1
    const asset = { n, ...found }
    drop(key)
    kept.set(key, asset)
    bytes += asset.bytes.length
    for (const oldest of kept.keys()) {
      if (kept.size <= mostAssets && bytes <= mostBytes) break
      drop(oldest)
    }
    for (const came of followers) came(asset)
  }
  const forget = (): void => {
    session = null
    kept = new Map()
    bytes = 0
  }
  const isKept = ({ session: of, service, method, path, status, type, length }: Parameters<AnswerWatch['begin']>[0]): boolean =>
    isMirrored(service) &&
    of === liveSession() &&
    method === 'GET' &&
    status === 200 &&
    path.length <= mostPath &&
    (length ?? 0) <= mostAssetBytes &&
    wanted.test(type)

  return {
    begin: (answer) => {
      if (!isKept(answer)) return null
      const { session: of, service, path, coding } = answer
      if (session !== of) forget()
      session = of
      let chunks: Buffer[] | null = []
      let length = 0
      return {
        add: (chunk) => {
          length += chunk.length
          if (length > mostAssetBytes) chunks = null
          chunks?.push(chunk)
        },
        end: () => {
          const whole = chunks
          chunks = null
          if (whole === null || length === 0) return
          decoded(Buffer.concat(whole), coding).then(
            (found) => {
              const type = found === null ? null : assetType(found)
              if (found !== null && type !== null && of === liveSession()) keep({ service, path, type, bytes: found })
            },
            () => {},
          )
        },
      }
    },
    list: () => [...kept.values()],
    sessionChanged: () => {
      if (session !== null && session !== liveSession()) forget()
    },
    follow: (came) => {
      followers.add(came)
      return () => followers.delete(came)
    },
  }
}

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }, done: (error: Error | null, result: Buffer) => void) => void

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
  zstd: zstdDecompress,
}

/** Null for what cannot be read, or is more than may be. */
async function decoded(bytes: Buffer, coding: string): Promise<Buffer | null> {
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') return bytes
  const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (decode === undefined) return null
  return await new Promise((resolve) => {
    decode(bytes, { maxOutputLength: mostAssetBytes }, (error, result) => resolve(error === null ? result : null))
  })
}
