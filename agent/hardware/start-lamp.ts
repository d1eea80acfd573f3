import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { setCommand } from './gpio-command.ts'
import type { CommandLine, LampOutput, LampState } from './hardware-settings.ts'
import { startGpio } from './start-gpio.ts'
import { watchProgram } from './watched-program.ts'

export interface Lamp {
  show(state: LampState): void
  close(): void
}

export interface StartLampOptions {
  readonly lamp: LampOutput
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly onState: (gone: string | null) => void
}

type Way = Omit<StartLampOptions, 'lamp'>

export function startLamp({ lamp, ...way }: StartLampOptions): Lamp {
  return 'command' in lamp ? startProgram(lamp.command, way) : startLine(lamp, way)
}

/** The program gets a line when it starts and at each change. */
function startProgram(command: CommandLine, way: Way): Lamp {
  let shown: LampState = 'idle'
  const tell = (): void => program.write(`${shown}\n`)
  const program = watchProgram({ ...way, command: () => command, reads: true, onBytes: () => {}, onStart: () => queueMicrotask(tell) })
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

/** `gpioset` cannot be told anything once it runs: each change is another run of it. */
function startLine({ gpio, lit }: Extract<LampOutput, { readonly gpio: unknown }>, way: Way): Lamp {
  let isLit = false
  const command = (version: string): CommandLine => setCommand(gpio, isLit, version)
  const run = startGpio({ ...way, program: 'gpioset', command, onBytes: () => {}, onStart: () => {} })
  return {
    show: (state) => {
      const next = lit.includes(state)
      if (next === isLit) return
      isLit = next
      run.renew()
    },
    close: run.close,
  }
}
