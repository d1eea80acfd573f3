import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { levelCommand, pressCommand } from './gpio-command.ts'
import type { InputSource } from './hardware-settings.ts'
import { keyReader, lineReader } from './read-signals.ts'
import { startGpio } from './start-gpio.ts'
import { watchProgram } from './watched-program.ts'

export interface StartInputOptions {
  readonly source: InputSource
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Of a line of GPIO: both edges, or the rising one alone. */
  readonly edges: 'rising' | 'both'
  /** What its program prints; `1` for a key that goes down, `0` for one that goes up; of a line as {@link pressCommand} and {@link levelCommand} say. */
  readonly onLine: (line: string) => void
  /** As {@link WatchedProgram} tells. */
  readonly onStart: () => void
  readonly onState: (gone: string | null) => void
}

/** Listens to a button, a key or a switch until it is closed. */
export function startInput(options: StartInputOptions): { close(): void } {
  const { source } = options
  let read = lineReader(options.onLine)
  const onBytes = (bytes: Buffer): void => read(bytes)
  const onStart = (): void => {
    read = 'inputEvent' in source ? keyReader(source.code, (isDown) => options.onLine(isDown ? '1' : '0')) : lineReader(options.onLine)
    options.onStart()
  }
  if ('gpio' in source) {
    const command = options.edges === 'rising' ? pressCommand : levelCommand
    return startGpio({ ...options, program: 'gpiomon', command: (version) => command(source.gpio, version), onStart, onBytes })
  }
  // Read here, the device would hold a thread of this process for as long as nobody presses, and the process at its end.
  const command = 'command' in source ? source.command : { program: 'cat', args: ['--', source.inputEvent] }
  return watchProgram({ ...options, command: () => command, reads: false, onStart, onBytes })
}
