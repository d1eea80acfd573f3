import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../basics/clock.ts'
import { cutUnreadBody } from '../basics/cut-unread-body.ts'
import type { Logger } from '../basics/logger.ts'
import type { AccessWatch } from './access-watch.ts'
import { admitRequest, readRequest, type AdmissionOptions, type AdmittedRequest, type WellFormedRequest } from './admit-request.ts'
import { goOn, hopIntoFrame } from './enter-page.ts'
import type { Entry } from './entry.ts'
import { explainRefusal } from './explain-refusal.ts'
import { fetchedAhead, framedBySameSite } from './fetch-metadata.ts'
import { httpExchange } from './http-exchange.ts'
import { linger } from './linger.ts'
import { isPageOfItsOwn, isRecordedPage } from './mirror/change-document.ts'
import type { Mirror } from './mirror/create-mirror.ts'
import { createFramedPages } from './mirror/framed-pages.ts'
import type { StreamAuthority } from './ports.ts'
import { isRefusal, refuse, type Refusal } from './refusal.ts'
import { writeRefusal } from './refusal-answer.ts'
import { responseHeaders } from './response-headers.ts'

export interface DoorOptions extends AdmissionOptions {
  readonly authority: StreamAuthority
  readonly watch: AccessWatch
  /** Null: no page is recorded. */
  readonly mirror: Mirror | null
  readonly clock: Clock
  readonly logger: Logger
  readonly stopping: () => boolean
  /** Origin of the bar around the page with this label; null: there are no bars. */
  readonly barOf: (label: string) => string | null
  /** Counts a request of a browser that was not let in; false: too many have come from its address. */
  readonly stranger: (req: IncomingMessage) => boolean
}

/** Takes every plain request of the access domain: read, admit, exchange; or a page that says what stands against it. */
export function createRequestDoor(options: DoorOptions & { readonly entry: Entry }): (req: IncomingMessage, res: ServerResponse) => void {
  const { clock, settings, logger } = options
  const framedPages = createFramedPages(clock)

  const barOfHost = (req: IncomingMessage): string | null => {
    const label = options.address.parseHost(req.headers.host)?.label
    return label === undefined ? null : options.barOf(label)
  }

  const answer = async (req: IncomingMessage, res: ServerResponse, refusal: Refusal, label: string | undefined): Promise<void> => {
    const explained = await explainRefusal(refusal, label, options)
    cutUnreadBody(req, res)
    logger.debug({ refusal: refusal.code, status: refusal.status }, 'a request was refused')
    writeRefusal(req, res, explained.refusal, {
      portalOrigin: settings.portalOrigin,
      deviceName: explained.deviceName,
      bar: barOfHost(req),
    })
    if (!refusal.close) linger(req, res, clock, settings.limits.lingerMs)
  }

  const enter = async (req: IncomingMessage, read: WellFormedRequest, res: ServerResponse): Promise<Refusal | undefined> => {
    const entered = await options.entry.enter(read.method, read.path, read.host.label, read.cookies.access)
    if (isRefusal(entered)) return entered
    if (framedBySameSite(read.method, req.headers)) {
      framedPages.expect(read.host.label)
      hopIntoFrame(res, entered, options.barOf(read.host.label) ?? "'none'")
    } else goOn(res, entered)
    return undefined
  }

  const serveRecorder = async (req: IncomingMessage, res: ServerResponse, read: WellFormedRequest): Promise<Refusal | undefined> => {
    if (read.method !== 'GET') return refuse('bad_request', 'method_not_allowed', { status: 405, headers: { allow: 'GET' } })
    const standing = await options.lookup.standing(read.host.label, read.cookies.access, 'use')
    if (standing !== 'in') return refuse('not_yours', 'not_entered')
    options.mirror?.serve(req, res)
    return undefined
  }

  const exchange = (req: IncomingMessage, res: ServerResponse, admitted: AdmittedRequest): Refusal | undefined => {
    const { service, method, path, origin } = admitted
    if (service.ended) return refuse('unavailable', 'grant_withdrawn')
    if (service.count('request') >= settings.limits.maxConcurrentRequests) return refuse('too_many', 'too_many_requests')
    if (!service.grant.countRequest()) return refuse('too_many', 'too_many_requests_per_second')
    if (res.destroyed || req.socket.destroyed) return undefined
    const startedAt = clock.nowMs()
    const startedMs = clock.monotonicMs()
    let untrack = (): void => {}
    let unfollow = (): void => {}
    const change = options.mirror?.pageChange(req, { label: admitted.access.label, origin, target: path.sent, grant: service.grant })
    const live = httpExchange({
      req,
      res,
      connections: service.connections,
      method,
      target: path.sent,
      headers: admitted.headers,
      framing: admitted.framing,
      responseHead: (status, raw) => {
        const head = responseHeaders({ raw, status, origin, cookies: service.cookies, bar: options.barOf(admitted.access.label) })
        const changed = change === undefined ? head : change(head, status)
        const isOwn = isRecordedPage(changed) && (isPageOfItsOwn(req) || framedPages.take(admitted.access.label))
        if (isOwn) {
          const left = service.recorders.pageSent()
          res.once('close', () => !res.writableFinished && left())
        } else if (changed.refusal === undefined) service.recorders.used()
        return changed
      },
      clock,
      lingerMs: settings.limits.lingerMs,
      refuse: (refusal) => void answer(req, res, refusal, admitted.access.label).catch(() => res.destroy()),
      settle: ({ status, up, down }) => {
        untrack()
        unfollow()
        service.grant.record({ method, path: path.path, status, up, down, startedAt, durationMs: clock.monotonicMs() - startedMs })
      },
    })
    untrack = service.track('request', live)
    unfollow = options.watch.follow(admitted.access.label, admitted.cookies.access, live)
    return undefined
  }

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (options.stopping()) return answer(req, res, refuse('unavailable', 'gateway_closing', { close: true }), undefined)
    const read = readRequest(req, options)
    if (isRefusal(read)) return answer(req, res, read, undefined)
    if (read.path.reserved) {
      const isRecorder = options.mirror !== null && read.path.path === options.mirror.scriptPath
      const refusal = isRecorder ? await serveRecorder(req, res, read) : (fetchedAhead(req.headers) ?? (await enter(req, read, res)))
      return refusal === undefined ? undefined : answer(req, res, strangerRefusal(refusal, req, options), undefined)
    }
    const outcome = await admitRequest(req, read, options)
    if (isRefusal(outcome))
      return answer(req, res, strangerRefusal(outcome, req, options), outcome.kind === 'not_yours' ? undefined : read.host.label)
    const refusal = (await unrecordedRefusal(req, res, outcome)) ?? exchange(req, res, outcome)
    if (refusal !== undefined) return answer(req, res, refusal, read.host.label)
  }

  /** Where it is demanded, nothing that could change the machine passes while nobody records. */
  const unrecordedRefusal = async (
    req: IncomingMessage,
    res: ServerResponse,
    { service, method }: AdmittedRequest,
  ): Promise<Refusal | undefined> => {
    if (!service.recorders.demanded) return undefined
    if (options.mirror === null) return refuse('unrecorded', 'recorder_missing')
    if (method === 'GET' || method === 'HEAD') return undefined
    const gone = new AbortController()
    const onClose = (): void => gone.abort()
    res.once('close', onClose)
    const reports = await service.recorders.whenReporting(AbortSignal.any([service.grant.signal, gone.signal]))
    res.off('close', onClose)
    return reports ? undefined : refuse('unrecorded', 'recorder_missing')
  }

  return (req, res) => {
    // A browser may leave while something is looked up.
    req.on('error', () => {})
    handle(req, res).catch((error: unknown) => {
      logger.error({ err: error }, 'a request of the access domain failed')
      if (res.headersSent) res.destroy()
      else
        writeRefusal(req, res, refuse('unavailable', 'internal', { status: 500, close: true }), {
          portalOrigin: settings.portalOrigin,
          deviceName: undefined,
          bar: null,
        })
    })
  }
}

/** Whoever was not let in is told so only so often. */
export const strangerRefusal = (refusal: Refusal, req: IncomingMessage, { stranger }: Pick<DoorOptions, 'stranger'>): Refusal =>
  refusal.kind !== 'not_yours' || stranger(req) ? refusal : refuse('too_many', 'too_many_requests_from_address', { close: true })
