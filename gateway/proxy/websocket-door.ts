import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Random } from '../basics/random.ts'
import { admitBrowser, admitRequest, readRequest, type AdmittedRequest, type WellFormedRequest } from './admit-request.ts'
import { explainRefusal } from './explain-refusal.ts'
import { isRefusal, refuse, type Refusal } from './refusal.ts'
import { writeRawRefusal } from './refusal-answer.ts'
import { strangerRefusal, type DoorOptions } from './request-door.ts'
import { websocketExchange } from './websocket-exchange.ts'
import { websocketHandshake, type MachineWebSocket } from './websocket-handshake.ts'
import { websocketOffer, type WebSocketAgreement, type WebSocketOffer } from './websocket-offer.ts'

/** Takes every upgrade request of the access domain: the same checks as for any other, then a handshake with the machine, then frames. */
export function createWebSocketDoor(
  options: DoorOptions & { readonly random: Random },
): (req: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const { clock, settings, logger } = options
  const { limits } = settings

  const open = async (socket: Duplex, head: Buffer, admitted: AdmittedRequest, offer: WebSocketOffer): Promise<Refusal | undefined> => {
    const { service } = admitted
    if (service.ended) return refuse('unavailable', 'grant_withdrawn')
    if (service.count('websocket') >= limits.maxWebSockets) return refuse('too_many', 'too_many_websockets')
    if (!service.grant.countRequest()) return refuse('too_many', 'too_many_requests_per_second')
    if (service.recorders.demanded) {
      const reports = options.mirror !== null && (await service.recorders.whenReporting(service.grant.signal))
      if (!reports) return service.ended ? refuse('unavailable', 'grant_withdrawn') : refuse('unrecorded', 'recorder_missing')
      if (socket.destroyed) return undefined
    }
    const startedAt = clock.nowMs()
    const startedMs = clock.monotonicMs()
    const record = (status: number, up: number, down: number): void =>
      service.grant.record({
        method: 'WEBSOCKET',
        path: admitted.path.path,
        status,
        up,
        down,
        startedAt,
        durationMs: clock.monotonicMs() - startedMs,
      })

    const machine = await handshake(socket, admitted, offer)
    if (isRefusal(machine)) {
      record(machine.status, 0, 0)
      return machine
    }
    if (socket.destroyed || service.ended) {
      machine.stream.destroy()
      record(0, 0, 0)
      return service.ended ? refuse('unavailable', 'grant_withdrawn') : undefined
    }
    socket.write(switchingProtocols(machine.agreement))
    let untrack = (): void => {}
    let unfollow = (): void => {}
    const live = websocketExchange({
      browser: socket,
      head,
      machine,
      clock,
      random: options.random,
      closeFrameGraceMs: limits.closeFrameGraceMs,
      lingerMs: limits.lingerMs,
      settle: ({ up, down }) => {
        untrack()
        unfollow()
        record(101, up, down)
      },
    })
    untrack = service.track('websocket', live)
    unfollow = options.watch.follow(admitted.access.label, admitted.cookies.access, live)
    return undefined
  }

  const handshake = async (socket: Duplex, admitted: AdmittedRequest, offer: WebSocketOffer): Promise<MachineWebSocket | Refusal> => {
    const { grant } = admitted.service
    const left = new AbortController()
    const onClose = (): void => left.abort()
    socket.once('close', onClose)
    const untrack = admitted.service.track('websocket', { cut: onClose, stalledSinceMs: () => null, unansweredSinceMs: () => null })
    const machine = await websocketHandshake({
      openStream: (signal) => grant.openStream(signal),
      target: admitted.path.sent,
      headers: admitted.headers,
      offer,
      maxHeaderBytes: limits.maxHeaderBytes,
      clock,
      timeoutMs: limits.handshakeTimeoutMs,
      signal: AbortSignal.any([grant.signal, left.signal]),
    })
    untrack()
    socket.off('close', onClose)
    return machine
  }

  const pass = async (
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    read: WellFormedRequest,
    offer: WebSocketOffer,
  ): Promise<Refusal | undefined> => {
    const admitted = await admitRequest(req, read, options)
    return isRefusal(admitted) ? strangerRefusal(admitted, req, options) : open(socket, head, admitted, offer)
  }

  const record = async (req: IncomingMessage, socket: Duplex, head: Buffer, read: WellFormedRequest): Promise<Refusal | undefined> => {
    const admitted = await admitBrowser(read, options)
    return isRefusal(admitted) ? strangerRefusal(admitted, req, options) : options.mirror?.record(req, socket, head, admitted)
  }

  const answer = async (req: IncomingMessage, socket: Duplex, refusal: Refusal, enteredLabel?: string): Promise<void> => {
    const explained = await explainRefusal(refusal, enteredLabel, options)
    logger.debug({ refusal: refusal.code, status: refusal.status }, 'a WebSocket was refused')
    const { deviceName } = explained
    writeRawRefusal(req, socket, explained.refusal, { portalOrigin: settings.portalOrigin, deviceName, bar: null, nowMs: clock.nowMs() })
  }

  const handle = async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (options.stopping()) return answer(req, socket, refuse('unavailable', 'gateway_closing'))
    const read = readRequest(req, options)
    if (isRefusal(read)) return answer(req, socket, read)
    const isRecorder = options.mirror !== null && read.path.path === options.mirror.recordPath
    if (read.path.reserved && !isRecorder) return answer(req, socket, refuse('not_found', 'reserved_path'))
    const offer = websocketOffer(req, read.origin)
    if (isRefusal(offer)) return answer(req, socket, offer)
    const refusal = isRecorder ? await record(req, socket, head, read) : await pass(req, socket, head, read, offer)
    if (refusal !== undefined) return answer(req, socket, refusal, refusal.kind === 'not_yours' ? undefined : read.host.label)
  }

  return (req, socket, head) => {
    socket.on('error', () => socket.destroy())
    handle(req, socket, head).catch((error: unknown) => {
      logger.error({ err: error }, 'a WebSocket of the access domain failed')
      socket.destroy()
    })
  }
}

/** Nothing of the machine's own 101 but what was agreed: no `Set-Cookie` passes here. */
function switchingProtocols(agreement: WebSocketAgreement): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'connection: Upgrade',
    'upgrade: websocket',
    `sec-websocket-accept: ${agreement.accept}`,
  ]
  if (agreement.protocol !== undefined) lines.push(`sec-websocket-protocol: ${agreement.protocol}`)
  if (agreement.deflate !== undefined) lines.push(`sec-websocket-extensions: ${agreement.deflate}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
