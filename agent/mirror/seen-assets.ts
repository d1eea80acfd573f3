import type { AnswerWatch } from '../streams/request-watch.ts'
import { createAnswersUnderWay } from './answers-under-way.ts'
import type { AnswerUnderWay } from './answers-under-way.ts'
import { assetType } from '../wire/asset-type.ts'
import { decodedAnswer } from './decoded-answer.ts'

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
/** Of all answers that still pass or wait to be decoded. */
export const mostUnderWayBytes = 8 * 1024 * 1024
const mostPath = 2_000
const wanted = /^(?:image\/|font\/|application\/(?:font-|x-font-|octet-stream))/i

type Head = Parameters<AnswerWatch['begin']>[0]

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
  const underWay = createAnswersUnderWay({ mostEach: mostAssetBytes, mostTogether: mostUnderWayBytes })
  let decoding = Promise.resolve()

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
  const isKept = ({ session: of, service, method, path, status, type, length }: Head): boolean =>
    isMirrored(service) &&
    of === liveSession() &&
    method === 'GET' &&
    status === 200 &&
    path.length <= mostPath &&
    (length ?? 0) <= mostAssetBytes &&
    wanted.test(type)

  const look = async (answer: AnswerUnderWay, { session: of, service, path, coding }: Head): Promise<void> => {
    const passed = answer.read()
    const found = passed === null || passed.length === 0 ? null : await decodedAnswer(passed, coding, mostAssetBytes)
    // Nothing but what is found is held, so it is copied out of a buffer that may be twice as large.
    const whole = found !== null && found === passed ? Buffer.from(found) : found
    answer.drop()
    const type = whole === null ? null : assetType(whole)
    if (whole !== null && type !== null && of === liveSession()) keep({ service, path, type, bytes: whole })
  }

  return {
    begin: (head) => {
      if (!isKept(head)) return null
      if (session !== head.session) forget()
      session = head.session
      const answer = underWay.begin()
      return {
        add: answer.add,
        // One after the other: a few hundred bytes become half a megabyte, and thousands of such answers may end at once.
        end: () => void (decoding = decoding.then(() => look(answer, head)).catch(() => {})),
        cut: answer.drop,
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
