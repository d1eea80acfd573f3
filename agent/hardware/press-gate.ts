import type { Clock } from '../basics/clock.ts'

/** What of an input's signals counts as a press. */
export interface PressGate {
  signal(): void
  /** The input began anew: what it says at once is no press. */
  begin(): void
}

/**
 * A contact bounces, and a broken input never rests: the first may not let in and end with one finger, the second may let in nobody. So a
 * press is the first signal after so much silence.
 */
export const silenceMs = 1_000

export function createPressGate({ clock, onPress }: { readonly clock: Clock; readonly onPress: () => void }): PressGate {
  let lastMs = clock.monotonicMs()
  return {
    signal: () => {
      const silentMs = clock.monotonicMs() - lastMs
      lastMs = clock.monotonicMs()
      if (silentMs >= silenceMs) onPress()
    },
    begin: () => void (lastMs = clock.monotonicMs()),
  }
}
