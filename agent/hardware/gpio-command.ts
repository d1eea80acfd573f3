import type { CommandLine } from './hardware-settings.ts'

export interface GpioLine {
  readonly chip: string
  readonly line: number
  readonly activeLow: boolean
}

export const gpioProgram = 'gpiomon'

/** Prints a line for each rising edge, at once. `version`: what `gpiomon --version` says; its options are others since libgpiod 2. */
export function gpioCommand({ chip, line, activeLow }: GpioLine, version: string): CommandLine {
  const low = activeLow ? ['--active-low'] : []
  return /\bv1\./u.test(version)
    ? { program: gpioProgram, args: ['--rising-edge', '--line-buffered', ...low, chip, String(line)] }
    : { program: gpioProgram, args: ['--edges=rising', ...low, `--chip=${chip}`, String(line)] }
}
