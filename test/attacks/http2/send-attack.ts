import type { Duplex } from 'node:stream'
import { waitedMs } from '../../support/waited-for-processor.ts'
import type { Fate, FrameAttack } from './floods.ts'
import { flag, frame, frameType } from './frames.ts'

const isOver = Buffer.from('all-read')
const ask = frame(frameType.ping, 0, 0, isOver)
const answer = frame(frameType.ping, flag.ack, 0, isOver)

/** A flood that nobody ends goes on for so long: then it was borne, and the test fails. */
const givenUpAfterMs = 10_000

/**
 * Sends it on a connection that speaks HTTP/2 already. Resolves when the other side has closed, or has read the attack and answers the PING behind it.
 * `unread`: what is said to the attacker stays in its socket.
 */
export function sendAttack(
  socket: Duplex,
  { bytes, withoutEnd }: Pick<FrameAttack, 'bytes' | 'withoutEnd'>,
  { unread = false } = {},
): Promise<Fate> {
  const first = bytes(0)
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0)
    let round = 0
    const goOn = (): void => {
      while (!socket.destroyed && socket.write(bytes((round += 1))));
      if (!socket.destroyed) socket.once('drain', goOn)
    }
    const borne = setTimeout(() => {
      resolve('harmless')
      socket.destroy()
    }, givenUpAfterMs)
    socket
      .on('error', () => {})
      .once('close', () => {
        clearTimeout(borne)
        resolve('closed')
      })
    if (unread) socket.pause()
    else
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard.subarray(-answer.length), chunk])
        if (heard.includes(answer)) resolve('harmless')
      })
    socket.write(withoutEnd === true ? first : Buffer.concat([first, ask]))
    if (withoutEnd === true) goOn()
  })
}

/**
 * Sends it to a process, and says what became of the connection and how long that took, without the time in which other programs had the processors of
 * this machine.
 */
export async function timeAttack(pid: number, send: () => Promise<Fate>): Promise<{ readonly outcome: Fate; readonly tookMs: number }> {
  const waited = (): number => waitedMs(pid) + waitedMs('self')
  const [began, waitedBefore] = [performance.now(), waited()]
  const outcome = await send()
  return { outcome, tookMs: performance.now() - began - (waited() - waitedBefore) }
}
