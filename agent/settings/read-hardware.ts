import { isAbsolute } from 'node:path'
import { nobodysButton } from '../hardware/hardware-settings.ts'
import type { CommandLine, GpioLine, HardwareSettings, InputSource, LampOutput, LampState } from '../hardware/hardware-settings.ts'
import type { OperatorSource } from '../operators/operator-list.ts'
import type { FieldReader } from './field-reader.ts'

const noHardware: HardwareSettings = { button: null, lamp: null, enabling: null, operator: nobodysButton, whenLive: 'end' }
const noCommand: CommandLine = { program: '/', args: [] }
const mostArguments = 64

/** `hardware` of `agent.json`. */
export function readHardware(fields: FieldReader | null, operators: OperatorSource): HardwareSettings {
  if (fields === null) return noHardware
  const hardware: HardwareSettings = {
    button: readInput(part(fields, 'button')),
    lamp: readLamp(part(fields, 'lamp')),
    enabling: readInput(part(fields, 'enabling')),
    operator: fields.optionalText('operator', { maxLength: 120 }) ?? nobodysButton,
    whenLive: fields.choice('whenLive', ['end', 'nothing'], 'end'),
  }
  fields.noOthers()
  const { operator } = hardware
  if (operator !== nobodysButton && !('file' in operators) && !operators.some(({ name }) => name === operator))
    fields.problem('operator', `must be one of the operators, or "${nobodysButton}"`)
  return hardware
}

/** Null says that there is none, as does a member that is not there. */
function part(fields: FieldReader, name: string): FieldReader | null {
  return fields.value(name) === null ? null : fields.object(name, { optional: true })
}

const inputKinds = ['command', 'inputEvent', 'gpio'] as const

function readInput(fields: FieldReader | null): InputSource | null {
  const kind = kindOf(fields, inputKinds)
  if (fields === null || kind === null) return null
  const input =
    kind === 'command' ? { command: readCommand(fields) } : kind === 'inputEvent' ? readInputEvent(fields) : readLineInput(fields)
  fields.noOthers()
  return input
}

function kindOf<Kind extends string>(fields: FieldReader | null, known: readonly Kind[]): Kind | null {
  if (fields === null) return null
  const [kind, ...others] = known.filter((one) => fields.has(one))
  if (kind !== undefined && others.length === 0) return kind
  fields.problem('(all)', `give exactly one of ${known.join(', ')}`)
  return null
}

function readInputEvent(fields: FieldReader): InputSource {
  const inputEvent = fields.text('inputEvent', { pattern: /^\//, meaning: 'the absolute path of an input device' })
  return { inputEvent, code: fields.integer('code', { min: 1, max: 0x2ff }) }
}

const readLineInput = (fields: FieldReader): InputSource | null => {
  const gpio = readGpio(fields)
  return gpio === null ? null : { gpio }
}

function readGpio(fields: FieldReader): GpioLine | null {
  const gpio = fields.object('gpio')
  if (gpio === null) return null
  const wired = {
    chip: gpio.text('chip', { maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/, meaning: 'a name such as gpiochip0' }),
    line: gpio.integer('line', { min: 0, max: 4_095 }),
    activeLow: gpio.flag('activeLow', false),
  }
  gpio.noOthers()
  return wired
}

function readLamp(fields: FieldReader | null): LampOutput | null {
  const kind = kindOf(fields, ['command', 'gpio'])
  if (fields === null || kind === null) return null
  const lamp = kind === 'command' ? { command: readCommand(fields) } : readLineLamp(fields)
  fields.noOthers()
  return lamp
}

/** Not `off`: nobody would say so for an agent that has ended. */
const canBeLit: readonly LampState[] = ['idle', 'request', 'live', 'paused']
const somebodyIsIn: readonly LampState[] = ['live', 'paused']

function readLineLamp(fields: FieldReader): LampOutput | null {
  const gpio = readGpio(fields)
  const named = fields.has('lit') ? fields.list('lit') : somebodyIsIn
  const lit = canBeLit.filter((state) => named.includes(state))
  if (lit.length === 0 || lit.length !== named.length) fields.problem('lit', `must name some of ${canBeLit.join(', ')}, each once`)
  return gpio === null ? null : { gpio, lit }
}

function readCommand(fields: FieldReader): CommandLine {
  const parts = fields.list('command')
  const [program, ...args] = parts.filter((one) => typeof one === 'string' && !one.includes('\0')) as string[]
  const isWhole = parts.length > 0 && parts.length <= mostArguments && args.length === parts.length - 1
  if (program !== undefined && isWhole && isAbsolute(program)) return { program, args }
  fields.problem('command', `must be a list of texts: the absolute path of a program, then at most ${mostArguments - 1} arguments`)
  return noCommand
}
