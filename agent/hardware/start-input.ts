import { execFile } from 'node:child_process'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { gpioCommand, gpioProgram } from './gpio-command.ts'
import type { CommandLine, InputSource } from './hardware-settings.ts'
import { keyReader, lineReader } from './read-signals.ts'
import { watchProgram } from './watched-program.ts'
import type { WatchedProgram } from './watched-program.ts'

export interface StartInputOptions {
  readonly source: InputSource
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** What its program prints; `1` for a key or a line that goes down, `0` for a key that goes up. */
  readonly onLine: (line: string) => void
  /** As {@link WatchedProgram} tells. */
  readonly onStart: () => void
  readonly onState: (gone: string | null) => void
}

/** Listens to a button, a key or a switch until it is closed. */
export function startInput(options: StartInputOptions): { close(): void } {
  const { source } = options
  const watch = (command: CommandLine): WatchedProgram => {
    let read = lineReader(options.onLine)
    const begin = (): void => {
      read = 'inputEvent' in source ? keyReader(source.code, (isDown) => options.onLine(isDown ? '1' : '0')) : lineReader(options.onLine)
      options.onStart()
    }
    return watchProgram({ ...options, command, reads: false, onStart: begin, onBytes: (bytes) => read(bytes) })
  }
  if ('command' in source) return watch(source.command)
  // Read here, the device would hold a thread of this process for as long as nobody presses, and the process at its end.
  if ('inputEvent' in source) return watch({ program: 'cat', args: ['--', source.inputEvent] })
  let closed = false
  let program: WatchedProgram | null = null
  execFile(gpioProgram, ['--version'], { timeout: 5_000 }, (_error, version) => {
    if (!closed) program = watch(gpioCommand(source.gpio, version))
  })
  return {
    close: () => {
      closed = true
      program?.close()
    },
  }
}
