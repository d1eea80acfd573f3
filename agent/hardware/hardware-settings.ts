/** What is wired to the machine beside its panel. */
export interface HardwareSettings {
  /** Acts as the press at the panel; null: there is none. */
  readonly button: InputSource | null
  /** Says how things stand; null: there is none. */
  readonly lamp: LampOutput | null
  /** Held for as long as services with `enabling` are used: a program that prints `1` and `0`, a key or a line; null: there is none. */
  readonly enabling: InputSource | null
  /** In whose name the button presses: one of the operators, or {@link nobodysButton}. */
  readonly operator: string
  /** What a press means while a session lives and no request waits. */
  readonly whenLive: 'end' | 'nothing'
}

export type InputSource =
  /** Runs as long as the agent; each line that it prints is a press. */
  | { readonly command: CommandLine }
  /** A key of a Linux input device. */
  | { readonly inputEvent: string; readonly code: number }
  /** Watched by `gpiomon` (libgpiod); a press is a rising edge. */
  | { readonly gpio: GpioLine }

/** Nobody is in; somebody asks; somebody is in; he is in and no byte passes; remote service is off, or the agent has ended. */
export type LampState = 'idle' | 'request' | 'live' | 'paused' | 'off'

export type LampOutput =
  /** Gets a line for each state on its standard input. */
  | { readonly command: CommandLine }
  /** Set by `gpioset` (libgpiod): active in these states. */
  | { readonly gpio: GpioLine; readonly lit: readonly LampState[] }

/** One line of a GPIO chip of Linux. */
export interface GpioLine {
  /** `gpiochip0` of `/dev/gpiochip0` */
  readonly chip: string
  readonly line: number
  readonly activeLow: boolean
}

/** The device that it is; libgpiod takes a chip's number for its name. */
export const gpioDevice = ({ chip }: GpioLine): string => `/dev/${/^\d+$/u.test(chip) ? 'gpiochip' : ''}${chip}`

/** An absolute path and its arguments; no shell reads it. */
export interface CommandLine {
  readonly program: string
  readonly args: readonly string[]
}

/** The name on an approval where nobody in particular stands behind the button. */
export const nobodysButton = 'Button'
