import type { Argument, Command, Option } from 'commander'

/** A word that may come next, and what it is. */
export interface Offer {
  readonly value: string
  readonly description: string
}

/** What only the portal knows; see `known-names.ts`. */
export interface KnownNames {
  machines(): Promise<readonly Offer[]>
  services(machine: string): Promise<readonly Offer[]>
}

/** `files`: names of files and folders fit too; the shell knows them. */
export interface Offers {
  readonly offers: readonly Offer[]
  readonly files: boolean
}

const nothing: Offers = { offers: [], files: false }

/** What fits behind these words of a command line; the last of them is the one that is being typed. */
export async function offersFor(program: Command, words: readonly string[], names: KnownNames): Promise<Offers> {
  const typed = words.at(-1) ?? ''
  const place = placeOf(program, words.slice(0, -1))
  const found = await offersAt(place, typed, names)
  return { ...found, offers: found.offers.filter(({ value }) => value.startsWith(typed)) }
}

interface Place {
  readonly command: Command
  /** An option that waits for its value. */
  readonly waiting: Option | undefined
  /** Arguments of the command that are there already. */
  readonly given: number
  readonly used: ReadonlySet<Option>
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program
  let waiting: Option | undefined
  let given = 0
  const used = new Set<Option>()
  for (const word of words) {
    if (waiting !== undefined) {
      waiting = undefined
      continue
    }
    if (word.startsWith('-')) {
      const option = command.options.find(({ long, short }) => word === long || word === short)
      if (option !== undefined) used.add(option)
      if (option?.required === true) waiting = option
      continue
    }
    const next = given === 0 ? command.commands.find((one) => one.name() === word) : undefined
    if (next === undefined) given += 1
    else command = next
  }
  return { command, waiting, given, used }
}

async function offersAt({ command, waiting, given, used }: Place, typed: string, names: KnownNames): Promise<Offers> {
  if (waiting !== undefined) return valuesOf(waiting.argChoices, waiting.flags)
  const help = command.createHelp()
  if (typed.startsWith('-')) {
    const left = help.visibleOptions(command).filter((option) => !used.has(option))
    const offers = left.flatMap(({ long, description }) => (long === undefined || long === null ? [] : [{ value: long, description }]))
    return { offers, files: false }
  }
  if (command.commands.length > 0) {
    const offers = help.visibleCommands(command).map((one) => ({ value: one.name(), description: one.description() }))
    return given === 0 ? { offers, files: false } : nothing
  }
  const argument = command.registeredArguments[given]
  return argument === undefined ? nothing : valuesOfArgument(argument, typed, names)
}

async function valuesOfArgument(argument: Argument, typed: string, names: KnownNames): Promise<Offers> {
  const name = argument.name()
  if (name === 'machine') return { offers: await names.machines(), files: false }
  if (name !== 'machine/service') return valuesOf(argument.argChoices, `<${name}>`)
  const [machine = '', service] = typed.split('/')
  const found = service === undefined ? await names.machines() : await names.services(machine)
  const full = ({ value, description }: Offer): Offer => ({
    value: service === undefined ? `${value}/` : `${machine}/${value}`,
    description,
  })
  return { offers: found.map(full), files: false }
}

const valuesOf = (choices: readonly string[] | undefined, placeholder: string): Offers => ({
  offers: (choices ?? []).map((value) => ({ value, description: '' })),
  files: /<(?:dir|file)>/.test(placeholder),
})
