import { execFile } from 'node:child_process'
import { errorCode } from '../basics/agent-error.ts'
import type { Timer } from '../basics/clock.ts'
import type { CommandLine } from './hardware-settings.ts'
import { watchProgram } from './watched-program.ts'
import type { WatchedProgram, WatchedProgramOptions } from './watched-program.ts'

export interface StartGpioOptions extends Omit<WatchedProgramOptions, 'command' | 'reads'> {
  /** Which program of libgpiod is asked for its version. */
  readonly program: 'gpiomon' | 'gpioset'
  /** As of {@link WatchedProgramOptions}; `version`: what the program says of itself. */
  readonly command: (version: string) => CommandLine
}

const againMs = 30_000

/** Runs a program of libgpiod in the words of the version that is installed, also of one that comes later. */
export function startGpio(options: StartGpioOptions): Pick<WatchedProgram, 'renew' | 'close'> {
  let closed = false
  let timer: Timer | undefined
  let run: WatchedProgram | null = null
  const begin = (): void =>
    void execFile(options.program, ['--version'], { timeout: 5_000 }, (error, version) => {
      if (closed) return
      if (error === null) {
        run = watchProgram({ ...options, command: () => options.command(version), reads: true })
        return
      }
      const reason = typeof error.code === 'number' ? `exit_${error.code}` : errorCode(error)
      options.logger.warn({ program: options.program, reason }, 'a program of the hardware cannot be asked for its version')
      options.onState(reason)
      timer = options.clock.after(againMs, begin)
    })
  begin()
  return {
    renew: () => run?.renew(),
    close: () => {
      closed = true
      timer?.cancel()
      run?.close()
    },
  }
}
