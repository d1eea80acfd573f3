import { Transform } from 'node:stream'
import type { Clock, Timer } from '../basics/clock.ts'

/** Last stage of a stream: destroyed when something waited in it for so long and nobody took it. What has nothing to give yet may be slow. */
export function cutIdleReader({ clock, idleMs }: { readonly clock: Clock; readonly idleMs: number }): Transform {
  let timer: Timer
  const wait = (): void => {
    timer = clock.after(idleMs, () => {
      if (stage.readableLength === 0) wait()
      else stage.destroy(new Error(`The reader took nothing for ${idleMs} ms.`))
    })
  }
  const stage = new Transform({
    transform(chunk, _encoding, pass) {
      timer.cancel()
      wait()
      pass(null, chunk)
    },
  })
  stage.once('close', () => timer.cancel())
  wait()
  return stage
}
