import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Clock } from '../basics/clock.ts'
import { laneHeader, streamErrorHeader } from '../wire/agent-api.ts'
import type { Lane } from '../wire/lane.ts'
import { cutStream, onlyWholeEnds } from '../wire/only-whole-ends.ts'
import { tearSocket } from '../wire/tear-socket.ts'
import type { AdmittedStream } from './admit-stream.ts'
import { refusalStatus } from './admit-stream.ts'
import { connectTarget } from './connect-target.ts'
import { pump } from './pump.ts'
import type { StreamRegistry } from './stream-registry.ts'

export interface ByteStreamOptions {
  readonly stream: ServerHttp2Stream
  /** Carries the bytes in the stream's place. */
  readonly onLane: { readonly id: string; readonly lane: Lane } | null
  readonly admitted: AdmittedStream
  readonly registry: StreamRegistry
  readonly clock: Clock
  readonly panelPort: number
}

/** Bytes both ways between the gateway's stream and the local service; each side may end its direction alone. */
export function openByteStream({ stream, onLane, admitted, registry, clock, panelPort }: ByteStreamOptions): void {
  const { session, service } = admitted
  const socket = connectTarget(service.target, panelPort)
  const bytes: Duplex = onLane?.lane.socket ?? onlyWholeEnds(stream)
  onLane?.lane.tie(stream)
  // A FIN would tell the service that a torn upload is whole.
  const tear = (): void => tearSocket(socket)
  const destroy = (): void => {
    tear()
    onLane?.lane.socket.destroy()
    cutStream(stream)
  }
  const handle = registry.add(session, service.name, destroy)
  const { conduct } = handle
  // Bytes that only look cannot be told from others.
  const stopFollowing = conduct.follow(() => (conduct.viewOnly ? destroy() : undefined))
  let open = false
  stream.on('error', () => {})
  bytes.on('close', () => {
    stopFollowing()
    handle.close()
    tear()
  })
  socket.on('error', () => {
    if (open || stream.closed || stream.destroyed) return destroy()
    stream.respond({ ':status': refusalStatus.service_unreachable, [streamErrorHeader]: 'service_unreachable' }, { endStream: true })
    stream.close()
  })
  socket.once('connect', () => {
    if (socket.destroyed || bytes.destroyed || stream.destroyed) return
    open = true
    stream.respond({ ':status': 200, ...(onLane === null ? {} : { [laneHeader]: onLane.id }) })
    pump({ from: bytes, to: socket, clock, conduct, onChunk: (chunk) => handle.up(chunk.length), onFailure: destroy })
    pump({ from: socket, to: bytes, clock, conduct, onChunk: (chunk) => handle.down(chunk.length), onFailure: destroy })
  })
}
