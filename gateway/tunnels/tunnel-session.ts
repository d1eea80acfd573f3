import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { switchedOff } from '../../agent/wire/agent-api.ts'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { OverheadBudget } from '../../agent/wire/overhead-budget.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { CancelBudget } from './cancel-budget.ts'
import { deviceGone } from './device-errors.ts'
import { goawayCode } from './refuse-tunnel.ts'

/** The HTTP/2 session of one live tunnel: the one place that opens its streams and that ends it. */
export interface TunnelSession {
  /** Where none is left, no stream may be opened that somebody could cut. */
  readonly cancels: Pick<CancelBudget, 'left'>
  /** @throws CodedError `device_gone` from the moment on at which the end is decided */
  request(headers: OutgoingHttpHeaders, options: { readonly endStream: boolean }): ClientHttp2Stream
  /** Resolves with the first reason as soon as the end is decided: from then on no byte passes. */
  readonly ended: Promise<string>
  readonly isEnded: boolean
  /** Cuts every stream, tells the device why, and closes. */
  close(reason: TunnelRefusal): void
  /** Cuts everything without a word: nobody is there to read it. */
  abandon(reason: string): void
}

export interface TunnelSessionOptions {
  readonly session: ClientHttp2Session
  readonly socket: TLSSocket
  readonly cancels: CancelBudget
  readonly overhead: Pick<OverheadBudget, 'follow'>
}

/** How long the device has for reading why. A hostile one never reads it, and is gone within a second all the same. */
const lingerMs = 500

export function tunnelSession({ session, socket, cancels, overhead }: TunnelSessionOptions): TunnelSession {
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  const streams = new Set<ClientHttp2Stream>()
  let isEnded = false

  function decide(reason: string, act: () => void): void {
    if (isEnded) return
    isEnded = true
    resolve(reason)
    act()
  }

  function cutStreams(): void {
    const gone = deviceGone()
    for (const stream of streams) stream.destroy(gone)
  }

  function abandon(reason: string): void {
    decide(reason, () => {
      cutStreams()
      session.destroy()
      socket.destroy()
    })
  }

  function sayGoodbye(reason: TunnelRefusal): void {
    if (!session.destroyed) session.goaway(goawayCode(reason), 0, Buffer.from(reason, 'ascii'))
    cutStreams()
    session.close()
    const timer = setTimeout(() => {
      session.destroy()
      socket.destroy()
    }, lingerMs)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
  }

  // A device that says goodbye, for whatever reason, opens another tunnel when it has something left to say.
  session.once('goaway', (_code, _last, data) =>
    abandon(Buffer.from(data ?? []).toString('latin1') === switchedOff ? switchedOff : 'device_closed'),
  )
  session.once('close', () => abandon('device_closed'))
  socket.once('close', () => abandon('device_closed'))

  return {
    cancels,
    request(headers, options) {
      if (isEnded || session.destroyed || session.closed) throw deviceGone()
      const stream = session.request(headers, options)
      overhead.follow(stream, () => tunnelSettings.streamWindow)
      streams.add(stream)
      stream.once('close', () => {
        streams.delete(stream)
        if (!(stream.readableEnded && stream.writableFinished)) cancels.spend()
      })
      return stream
    },
    ended,
    get isEnded() {
      return isEnded
    },
    close: (reason) => decide(reason, () => sayGoodbye(reason)),
    abandon,
  }
}
