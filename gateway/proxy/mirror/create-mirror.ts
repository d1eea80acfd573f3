import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { LRUCache } from 'lru-cache'
import { WebSocketServer, type WebSocket } from 'ws'
import { mostBatchBytes, mostPages } from '../../../agent/wire/mirror.ts'
import type { Clock } from '../../basics/clock.ts'
import { isCodedError } from '../../basics/coded-error.ts'
import type { Logger } from '../../basics/logger.ts'
import type { Random } from '../../basics/random.ts'
import type { AccessWatch } from '../access-watch.ts'
import type { AdmittedBrowser } from '../admit-request.ts'
import type { CutReason, LiveExchange } from '../live-exchange.ts'
import type { StreamGrant } from '../ports.ts'
import { refuse, type Refusal } from '../refusal.ts'
import type { ResponseHead } from '../response-headers.ts'
import { createBytesInFlight, type BytesInFlightBounds } from './bytes-in-flight.ts'
import { carryRecording, closeCodes, sayFarewell } from './carry-recording.ts'
import type { ChangeBody } from './change-body.ts'
import { asksForDocument, changeDocument, isDisplayed, keepPolicy, type DocumentRequest, type Unrecorded } from './change-document.ts'
import { createUnrecordedPages } from './name-unrecorded.ts'
import { recordPath, serveRecorder, type RecorderScript } from './recorder-script.ts'

/** The operator's view of a technician's pages, on the gateway's side (agent/wire/mirror.ts). It takes nothing from a session when it fails. */
export interface Mirror {
  readonly scriptPath: string
  readonly recordPath: string
  /** How the head of the answer to this request becomes that of a recorded page; `undefined` for what is no page, or where nobody wants any. */
  pageChange(request: DocumentRequest, page: RequestedPage): PageChange | undefined
  /** The recorder's script, for a browser that was let in. */
  serve(req: IncomingMessage, res: ServerResponse): void
  /** The recorder's WebSocket: every check of a machine's WebSocket was passed. */
  record(req: IncomingMessage, socket: Duplex, head: Buffer, browser: AdmittedBrowser): Refusal | undefined
}

export interface RequestedPage {
  readonly label: string
  readonly origin: string
  /** Path and query. */
  readonly target: string
  readonly grant: Pick<StreamGrant, 'openMirror' | 'recording' | 'recordDemanded'>
}

export type PageChange = (head: ResponseHead, status: number) => ResponseHead & { readonly changeBody?: ChangeBody }

export interface MirrorOptions {
  readonly script: RecorderScript
  readonly watch: AccessWatch
  readonly bounds: BytesInFlightBounds
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

const refused =
  (code: string) =>
  (head: ResponseHead): ResponseHead => ({ ...head, refusal: refuse('unrecorded', code) })

const refusalOf: Readonly<Record<Unrecorded, string>> = {
  other: 'page_no_html',
  sandboxed: 'page_sandboxed',
  charset: 'page_charset',
  coding: 'page_coding',
}

export function createMirror({ script, watch, bounds, clock, random, logger }: MirrorOptions): Mirror {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: mostBatchBytes,
    // A first picture is a megabyte of HTML, over the technician's uplink. Nothing is kept between messages.
    perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1_024, concurrencyLimit: 4 },
  })
  /** Origins whose agent has no mirror, or whose customer wants none. */
  const unwanted = new LRUCache<string, true>({ max: 5_000 })

  const inFlight = createBytesInFlight(bounds)
  /** Origins whose operator was told that a recorder has to come back. */
  const busy = new LRUCache<string, true>({ max: 5_000 })

  const onRefused = (label: string, error: unknown): void => {
    if (isCodedError(error, 'mirror_unknown') || isCodedError(error, 'mirror_unwanted')) unwanted.set(label, true)
    logger.debug({ err: error }, 'a page is not shown to the operator')
  }
  const unrecorded = createUnrecordedPages({ clock, random, onRefused })

  const begin = async (socket: WebSocket, raw: Duplex, { access, service, cookies, origin }: AdmittedBrowser): Promise<void> => {
    socket.pause()
    socket.on('error', () => {})
    const { grant } = service
    // Held from now on: the end of the grant and of the sign-in end it, whatever the agent does.
    let live: LiveExchange = { cut: () => socket.terminate(), stalledSinceMs: () => null, unansweredSinceMs: () => null }
    const held = { cut: (why: CutReason) => live.cut(why), stalledSinceMs: () => live.stalledSinceMs(), unansweredSinceMs: () => null }
    const untrack = service.track('recorder', held)
    const unfollow = watch.follow(access.label, cookies.access, held)
    const settle = (): void => {
      untrack()
      unfollow()
    }
    try {
      const stream = await grant.openMirror(random.hex(16))
      if (socket.readyState !== socket.OPEN) {
        settle()
        return sayFarewell(stream, clock)
      }
      let leave = (): void => {}
      live = carryRecording({
        socket,
        raw,
        stream,
        clock,
        openShare: (giveUp) => inFlight.open(grant.personId, giveUp),
        onFull: () => {
          logger.warn(
            { session: grant.sessionId, service: grant.service },
            'recorders have the gateway hold too much: the largest is told to come back',
          )
          busy.set(access.label, true)
          void unrecorded.name(access.label, { grant, url: origin, reason: 'busy' })
        },
        onReport: () => {
          leave = service.recorders.reporting()
          if (busy.delete(access.label)) unrecorded.leave(access.label)
        },
        settle: () => {
          settle()
          leave()
        },
      })
      socket.resume()
    } catch (error) {
      settle()
      onRefused(access.label, error)
      socket.resume()
      socket.close(unwanted.has(access.label) ? closeCodes.unwanted : closeCodes.tooMuch)
      void clock.after(1_000, () => socket.terminate())
    }
  }

  return {
    scriptPath: script.path,
    recordPath,
    pageChange(request, { label, origin, target, grant }) {
      if (!asksForDocument(request)) return undefined
      const demanded = grant.recordDemanded
      if (grant.recording === 'off' || unwanted.has(label)) return demanded ? refused('recorder_missing') : undefined
      return (head, status) => {
        if (status === 304) return keepPolicy(head)
        const changed = changeDocument(head, status, {
          script: script.path,
          origin,
          socket: recordPath,
          newNonce: () => random.token(16),
          recording: grant.recording,
        })
        if (demanded && typeof changed !== 'object' && isDisplayed(head, status)) return refused(refusalOf[changed])(head)
        if (changed === 'other') return head
        if (typeof changed === 'object') {
          unrecorded.leave(label)
          return changed
        }
        void unrecorded.name(label, { grant, url: origin + target, reason: changed })
        return head
      }
    },
    serve: (req, res) => serveRecorder(script, req, res),
    record(req, socket, head, browser) {
      const { service } = browser
      if (service.ended) return refuse('unavailable', 'grant_withdrawn')
      if (service.count('recorder') >= mostPages) return refuse('too_many', 'too_many_websockets')
      if (!service.grant.countRequest()) return refuse('too_many', 'too_many_requests_per_second')
      server.handleUpgrade(req, socket, head, (websocket) => {
        begin(websocket, socket, browser).catch((error: unknown) => {
          logger.error({ err: error }, 'a recorder failed')
          websocket.terminate()
        })
      })
      return undefined
    },
  }
}
