import type { Timer } from '../basics/clock.ts'
import type { SignInRoom } from './sign-in-room.ts'

const everyMs = 10 * 60_000

/** Forgets sign-ins that are over and those that never came back from the provider. Gives back how to stop. */
export function sweepSignIns(room: Pick<SignInRoom, 'store' | 'clock' | 'logger'>): () => void {
  let timer: Timer
  const arm = (): void => {
    timer = room.clock.after(everyMs, () => {
      arm()
      room.store
        .deleteExpired(room.clock.nowS())
        .catch((error: unknown) => room.logger.warn({ err: error }, 'sign-ins that are over could not be forgotten'))
    })
  }
  arm()
  return () => timer.cancel()
}
