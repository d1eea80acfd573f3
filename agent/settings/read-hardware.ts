import { isAbsolute } from 'node:path'
import { nobodysButton } from '../hardware/hardware-settings.ts'
import type { CommandLine, HardwareSettings, InputSource } from '../hardware/hardware-settings.ts'
import type { OperatorSource } from '../operators/operator-list.ts'
import type { FieldReader } from './field-reader.ts'

const noHardware: HardwareSettings = { button: null, lamp: null, enabling: null, operator: nobodysButton, whenLive: 'end' }
const noCommand: CommandLine = { program: '/', args: [] }
const mostArguments = 64

/** `hardware` of `agent.json`. */
export function readHardware(fields: FieldReader | null, operators: OperatorSource): HardwareSettings {
  if (fields === null) return noHardware
  const hardware: HardwareSettings = {
    button: readInput(part(fields, 'button'), ['command', 'inputEvent', 'gpio']),
    lamp: readLamp(part(fields, 'lamp')),
    enabling: readInput(part(fields, 'enabling'), ['command', 'inputEvent']),
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

type InputKind = 'command' | 'inputEvent' | 'gpio'

function readInput(fields: FieldReader | null, known: readonly InputKind[]): InputSource | null {
  if (fields === null) return null
  const kinds = known.filter((kind) => fields.has(kind))
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    fields.problem('(all)', `give exactly one of ${known.join(', ')}`)
    return null
  }
  const input = kind === 'command' ? { command: readCommand(fields) } : kind === 'inputEvent' ? readInputEvent(fields) : readGpio(fields)
  fields.noOthers()
  return input
}

function readInputEvent(fields: FieldReader): InputSource {
  const inputEvent = fields.text('inputEvent', { pattern: /^\//, meaning: 'the absolute path of an input device' })
  return { inputEvent, code: fields.integer('code', { min: 1, max: 0x2ff }) }
}

function readGpio(fields: FieldReader): InputSource | null {
  const gpio = fields.object('gpio')
  if (gpio === null) return null
  const wired = {
    chip: gpio.text('chip', { maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/, meaning: 'a name such as gpiochip0' }),
    line: gpio.integer('line', { min: 0, max: 4_095 }),
    activeLow: gpio.flag('activeLow', false),
  }
  gpio.noOthers()
  return { gpio: wired }
}

function readLamp(fields: FieldReader | null): CommandLine | null {
  if (fields === null) return null
  const lamp = readCommand(fields)
  fields.noOthers()
  return lamp
}

function readCommand(fields: FieldReader): CommandLine {
  const parts = fields.list('command')
  const [program, ...args] = parts.filter((one) => typeof one === 'string' && !one.includes('\0')) as string[]
  const isWhole = parts.length > 0 && parts.length <= mostArguments && args.length === parts.length - 1
  if (program !== undefined && isWhole && isAbsolute(program)) return { program, args }
  fields.problem('command', `must be a list of texts: the absolute path of a program, then at most ${mostArguments - 1} arguments`)
  return noCommand
}
