import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../basics/clock.ts'
import { streamErrorHeader } from '../wire/agent-api.ts'
import type { AdmittedStream } from './admit-stream.ts'
import { refusalStatus } from './admit-stream.ts'
import { connectTarget } from './connect-target.ts'
import { cutStream } from './cut-stream.ts'
import { pump } from './pump.ts'
import type { StreamRegistry } from './stream-registry.ts'

export interface ByteStreamOptions {
  readonly stream: ServerHttp2Stream
  readonly admitted: AdmittedStream
  readonly registry: StreamRegistry
  readonly clock: Clock
  readonly panelPort: number
}

/** Bytes both ways between the gateway's stream and the local service; each side may end its direction alone. */
export function openByteStream({ stream, admitted, registry, clock, panelPort }: ByteStreamOptions): void {
  const { session, service } = admitted
  const socket = connectTarget(service.target, panelPort)
  const destroy = (): void => {
    socket.destroy()
    cutStream(stream)
  }
  const handle = registry.add(session, service.name, destroy)
  let open = false
  stream.on('error', () => {})
  stream.on('close', () => {
    handle.close()
    socket.destroy()
  })
  socket.on('error', () => {
    if (stream.closed || stream.destroyed) return
    if (open) return stream.close(constants.NGHTTP2_CONNECT_ERROR)
    stream.respond({ ':status': refusalStatus.service_unreachable, [streamErrorHeader]: 'service_unreachable' }, { endStream: true })
    stream.close()
  })
  socket.once('connect', () => {
    if (socket.destroyed || stream.destroyed) return
    open = true
    stream.respond({ ':status': 200 })
    pump({ from: stream, to: socket, clock, onChunk: (chunk) => handle.up(chunk.length), onFailure: destroy })
    pump({ from: socket, to: stream, clock, onChunk: (chunk) => handle.down(chunk.length), onFailure: destroy })
  })
}
