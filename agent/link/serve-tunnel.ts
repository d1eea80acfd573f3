import { constants, performServerHandshake } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../basics/clock.ts'
import { createOverheadBudget } from '../wire/overhead-budget.ts'
import { tunnelSettings } from '../wire/tunnel-settings.ts'

export interface ServeTunnelOptions {
  readonly socket: TLSSocket
  readonly clock: Clock
  readonly onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
  /** Called once. `reason`: the gateway's own word from its GOAWAY, `dead`, `flood`, or a code. */
  readonly onEnd: (reason: string) => void
}

export interface ServedTunnel {
  /** Ends it at once; `onEnd` is called with the reason. */
  end(reason: string): void
  /** The same, after the gateway was told why and what stood before it was sent. */
  leave(reason: string): void
}

/** For the last events, which the gateway has to read before it hears that nothing follows; then for that word. */
const lastEventsMs = 200
const farewellMs = 200

/** Looked for more often than asked for: bytes that came right after a look would count as heard a whole interval later. */
const looksPerPing = 5
const lookMs = tunnelSettings.pingIntervalMs / looksPerPing

/** Serves HTTP/2 to the gateway over a connection that the agent opened (draft-thomson-ptth-potato). */
export function serveTunnel({ socket, clock, onStream, onEnd }: ServeTunnelOptions): ServedTunnel {
  const session = performServerHandshake(socket, {
    settings: {
      initialWindowSize: tunnelSettings.streamWindow,
      maxConcurrentStreams: tunnelSettings.maxConcurrentStreams,
      maxHeaderListSize: tunnelSettings.maxHeaderListBytes,
      enablePush: false,
    },
    maxSessionMemory: tunnelSettings.sessionMemoryMb,
    maxHeaderListPairs: tunnelSettings.maxHeaderPairs,
    maxSessionRejectedStreams: tunnelSettings.maxSessionRejectedStreams,
    streamResetBurst: tunnelSettings.streamResetBurst,
    streamResetRate: tunnelSettings.streamResetRate,
  })
  // One window without the other does nothing (performance.md).
  session.setLocalWindowSize(tunnelSettings.connectionWindow)

  let reason: string | null = null
  let over = false
  let timer: Timer | undefined
  let overheadTimer: Timer | undefined
  let farewell: Timer | undefined
  const finish = (): void => {
    if (over) return
    over = true
    timer?.cancel()
    overheadTimer?.cancel()
    farewell?.cancel()
    onEnd(reason ?? 'closed')
  }
  const end = (why: string): void => {
    reason ??= why
    session.destroy()
    socket.destroy()
    finish()
  }
  watchLife(() => end('dead'))
  const overhead = createOverheadBudget(socket, clock)
  watchOverhead()

  session.on('stream', (stream, headers) => {
    // Before we let it, a gateway sends nothing on a stream.
    overhead.follow(stream, () => (stream.headersSent && stream.sentHeaders?.[':status'] === 200 ? tunnelSettings.streamWindow : 0))
    onStream(stream, headers)
  })
  session.on('goaway', (_code, _last, data) => {
    reason ??= goawayReason(data)
    // What a graceful GOAWAY leaves running ends with the connection; a refusal leaves nothing running.
    if (reason !== 'shutdown' && reason !== 'replaced') end(reason)
  })
  session.on('error', (error) => void (reason ??= 'code' in error ? String(error.code) : 'error'))
  session.on('close', finish)
  socket.on('error', (error) => void (reason ??= 'code' in error ? String(error.code) : 'error'))
  socket.on('close', finish)
  const leave = (why: string): void => {
    reason ??= why
    farewell = clock.after(lastEventsMs, () => {
      if (!session.destroyed) session.goaway(constants.NGHTTP2_NO_ERROR, 0, Buffer.from(why, 'ascii'))
      farewell = clock.after(farewellMs, () => end(why))
    })
  }
  return { end, leave }

  function watchOverhead(): void {
    overheadTimer = clock.after(tunnelSettings.overheadLookMs, () => (overhead.holds() ? watchOverhead() : end('flood')))
  }

  function watchLife(dead: () => void): void {
    let heardAtMs = clock.monotonicMs()
    let bytesRead = socket.bytesRead
    let looks = 0
    const look = (): void => {
      if (socket.bytesRead !== bytesRead) {
        bytesRead = socket.bytesRead
        heardAtMs = clock.monotonicMs()
      }
      if (clock.monotonicMs() - heardAtMs >= tunnelSettings.deadAfterMs) return dead()
      looks += 1
      if (looks % looksPerPing === 0 && !session.closed && !session.destroyed) session.ping(() => {})
      timer = clock.after(lookMs, look)
    }
    timer = clock.after(lookMs, look)
  }
}

/** What only this end says. A gateway that says `renewed` would be dialled again at once, for ever. */
const ownWords = ['renewed', 'dead', 'flood']

/** The gateway's word is shown to people: only what can be one is believed. */
function goawayReason(data: Uint8Array | undefined): string {
  const text = Buffer.from(data ?? []).toString('latin1')
  return /^[a-z][a-z0-9-]{0,63}$/.test(text) && !ownWords.includes(text) ? text : 'closed'
}
