import { createFrameParser } from '../../../../agent/wire/websocket-frames.ts'
import { systemRandom } from '../../../../gateway/basics/random.ts'
import { clientCloseFrame, serverCloseFrame } from '../../../../gateway/proxy/websocket-close-frame.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

const mask = Buffer.from([1, 2, 3, 4])
const random = { ...systemRandom, bytes: () => mask }

/** RFC 6455, section 5.5.1: whatever the reason says, one whole control frame whose text is the beginning of the reason. */
export const target: FuzzTarget = {
  name: 'close-frame',
  covers: ['gateway/proxy/websocket-close-frame.ts'],
  mostBytes: 4 * 1024,
  seeds: ['over', 'ü'.repeat(70), '\u{1f600}'.repeat(40), `a${'\u{1f600}'.repeat(40)}`],
  attempt(bytes) {
    const reason = bytes.toString('utf8')
    const server = serverCloseFrame(1000, reason)
    const client = clientCloseFrame(1000, reason, random)
    for (const [frame, fromClient] of [
      [server, false],
      [client, true],
    ] as const) {
      const parser = createFrameParser({ fromClient })
      parser.push(frame)
      holds(parser.closed && parser.atBoundary, 'no whole Close frame')
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(server.subarray(4))
    holds(reason.startsWith(text), 'the text is not the beginning of the reason')
    holds(Buffer.byteLength(reason) > 123 ? Buffer.byteLength(text) > 119 : text === reason, 'more was cut off than had to be')
    holds(Buffer.from(client.subarray(6).map((byte, at) => byte ^ mask[at & 3]!)).equals(server.subarray(2)), 'the client says another')
  },
}
