import type { Random } from '../basics/random.ts'
import { activeAtStart } from './gpio-command.ts'
import type { HardwareSettings, LampState } from './hardware-settings.ts'
import { createButtonPress } from './press-button.ts'
import type { ButtonPress, PressOptions } from './press-button.ts'
import { createPressGate } from './press-gate.ts'
import { startInput } from './start-input.ts'
import { startLamp } from './start-lamp.ts'

export interface HardwareOptions extends PressOptions {
  readonly settings: HardwareSettings
  /** Remote service as a whole is on. */
  readonly remote: () => boolean
  readonly random: Random
  /** Something of {@link Hardware.state} is another. */
  readonly onChange: () => void
  /** {@link Hardware.isEnabled} is another. */
  readonly onEnabling: () => void
}

/** One thing that is wired to the machine. */
export interface WiredState {
  /** Null while it is there; else why it is not: `starting`, an error code, `exit_N` or the signal that ended its program. */
  readonly gone: string | null
}

export interface HardwareState extends Pick<ButtonPress, 'refused' | 'awaiting'> {
  readonly button: WiredState | null
  readonly lamp: WiredState | null
  readonly enabling: EnablingState | null
}

export interface EnablingState extends WiredState {
  readonly held: boolean
  /** It was held before anybody listened to it, and holds nothing before it was let go once. */
  readonly letGoFirst: boolean
}

export interface Hardware {
  readonly state: HardwareState
  /** Somebody holds the enabling input. */
  readonly isEnabled: boolean
  /** As of {@link ButtonPress}; null: there is no button. */
  readonly awaitPress: ButtonPress['awaitPress'] | null
  /** Something of the desk changed: the lamp follows. */
  follow(): void
  close(): void
}

type Wired = 'button' | 'lamp' | 'enabling'

/** Starts the programs of the hardware, and lets the button press. */
export function startHardware(options: HardwareOptions): Hardware {
  const { settings } = options
  const gone: Record<Wired, string | null> = { button: 'starting', lamp: 'starting', enabling: 'starting' }
  const watch = (what: Wired) => (reason: string | null) => {
    gone[what] = reason
    options.onChange()
  }
  const changed = (): void => {
    lamp?.show(lampState(options, button))
    options.onChange()
  }
  const button = createButtonPress({ ...options, onChange: changed })
  const press = (): void => {
    button.press()
    changed()
  }
  const gate = createPressGate({ clock: options.clock, onPress: press })
  const onLine = (line: string): void => (line === '0' || line === '' ? undefined : gate.signal())
  const input =
    settings.button === null
      ? null
      : startInput({ ...options, source: settings.button, edges: 'rising', onStart: gate.begin, onLine, onState: watch('button') })
  const lamp = settings.lamp === null ? null : startLamp({ ...options, lamp: settings.lamp, onState: watch('lamp') })
  const enabling = settings.enabling === null ? null : startEnabling({ ...options, onState: watch('enabling') }, settings.enabling)
  const follow = (): void => {
    button.follow()
    lamp?.show(lampState(options, button))
  }
  follow()
  return {
    get state() {
      return {
        button: input === null ? null : { gone: gone.button },
        lamp: lamp === null ? null : { gone: gone.lamp },
        enabling: enabling === null ? null : { gone: gone.enabling, ...enabling.now },
        awaiting: button.awaiting,
        refused: button.refused,
      }
    },
    get isEnabled() {
      return enabling?.now.held === true
    },
    awaitPress: input === null ? null : button.awaitPress,
    follow,
    close: () => {
      input?.close()
      lamp?.close()
      enabling?.close()
    },
  }
}

function lampState({ desk, remote }: HardwareOptions, { awaiting }: Pick<ButtonPress, 'awaiting'>): LampState {
  if (!remote()) return 'off'
  if (desk.pending !== null || awaiting) return 'request'
  if (desk.live === null) return 'idle'
  return desk.live.paused ? 'paused' : 'live'
}

type EnablingOptions = Pick<HardwareOptions, 'clock' | 'random' | 'logger' | 'onChange' | 'onEnabling'> & {
  readonly onState: (gone: string | null) => void
}

/** Held only while its program says so and is there: whatever else it says, or nothing any more, lets go. */
function startEnabling(options: EnablingOptions, source: NonNullable<HardwareSettings['enabling']>) {
  let now: Omit<EnablingState, 'gone'> = { held: false, letGoFirst: false }
  const take = (held: boolean, letGoFirst = false): void => {
    if (held === now.held && letGoFirst === now.letGoFirst) return
    const isAnother = held !== now.held
    now = { held, letGoFirst }
    if (isAnother) options.onEnabling()
    options.onChange()
  }
  const input = startInput({
    ...options,
    source,
    edges: 'both',
    onStart: () => take(false),
    // Between the look at a line and the watch over it, it may have been let go: what was held then is not held now.
    onLine: (line) => take(line === '1', line === activeAtStart),
    onState: (gone) => {
      if (gone !== null) take(false)
      options.onState(gone)
    },
  })
  return {
    get now() {
      return now
    },
    close: input.close,
  }
}
