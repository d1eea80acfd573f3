import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { CommandLine } from './hardware-settings.ts'
import { watchProgram } from './watched-program.ts'

/** Nobody is in; somebody asks; somebody is in; he is in and no byte passes; remote service is off, or the agent has ended. */
export type LampState = 'idle' | 'request' | 'live' | 'paused' | 'off'

export interface Lamp {
  show(state: LampState): void
  close(): void
}

export interface StartLampOptions {
  readonly command: CommandLine
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onState: (gone: string | null) => void
}

/** The program gets a line when it starts and at each change. */
export function startLamp(options: StartLampOptions): Lamp {
  let shown: LampState = 'idle'
  const tell = (): void => program.write(`${shown}\n`)
  const program = watchProgram({ ...options, reads: true, onBytes: () => {}, onStart: () => queueMicrotask(tell) })
  return {
    show: (state) => {
      if (state === shown) return
      shown = state
      tell()
    },
    close: () => {
      shown = 'off'
      tell()
      program.close()
    },
  }
}
