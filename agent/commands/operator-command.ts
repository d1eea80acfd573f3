import { AgentError } from '../basics/agent-error.ts'
import type { Random } from '../basics/random.ts'
import { parseOperators, readOperatorFile } from '../operators/operator-list.ts'
import type { OperatorSource } from '../operators/operator-list.ts'
import type { Operator } from '../operators/operator.ts'
import { hashPin, pinMeaning, pinPattern } from '../operators/pin-hash.ts'
import { readFileIfThere, writeFileAtomic } from '../state/atomic-file.ts'
import { usageError } from './command-line.ts'

export interface OperatorCommandOptions {
  readonly operators: OperatorSource
  /** `--no-pin`, `--may-loosen`. */
  readonly noPin: boolean
  readonly mayLoosen: boolean
  readonly random: Random
  readonly say: (line: string) => void
  /** Asks without showing what is typed. */
  readonly askSecret: (question: string) => Promise<string>
}

/**
 * Reads and changes the customer's list, which has to be a file of its own.
 *
 * @throws AgentError `usage`, `bad_settings`, `bad_pin`, `unknown_operator`, `last_operator`
 */
export async function operatorCommand(args: readonly string[], options: OperatorCommandOptions): Promise<void> {
  const { operators, noPin, mayLoosen, random, say, askSecret } = options
  const [act = 'list', name, ...others] = args
  if (others.length > 0 || !['list', 'set', 'remove'].includes(act) || (act === 'list') !== (name === undefined))
    throw usageError('operator takes list, set NAME or remove NAME.')
  if (noPin && mayLoosen) throw usageError('Who may loosen needs a PIN: give --no-pin or --may-loosen, not both.')
  if (!('file' in operators))
    throw new AgentError({
      code: 'bad_settings',
      message:
        'agent.json has the list of operators itself. Write "operators": { "file": "operators.json" } there to keep it with this command.',
    })
  const { file } = operators
  const list = (await readFileIfThere(file)) === null ? [] : readOperatorFile(file)
  if (name === undefined) {
    for (const one of list) say(`${one.name}${one.pinHash === null ? '' : one.mayLoosen ? '  (PIN, may loosen)' : '  (PIN)'}`)
    return
  }
  const before = list.find((one) => one.name === name)
  const rest = list.filter((one) => one !== before)
  if (act === 'remove') {
    if (before === undefined) throw new AgentError({ code: 'unknown_operator', message: `There is no ${name} in ${file}.` })
    if (rest.length === 0)
      throw new AgentError({
        code: 'last_operator',
        message: `${name} is the only one: with an empty list the agent does not start. Set another name first.`,
      })
    await write(file, rest)
    return say(`${name} may not press any more.`)
  }
  const pinHash = noPin ? null : await newPin(name, random, askSecret)
  const changed = { name, pinHash, mayLoosen }
  await write(file, before === undefined ? [...list, changed] : list.map((one) => (one === before ? changed : one)))
  say(`${name} may press${noPin ? ', without a PIN' : ', with this PIN'}.`)
}

async function newPin(name: string, random: Random, askSecret: (question: string) => Promise<string>): Promise<string> {
  const pin = await askSecret(`PIN for ${name} (${pinMeaning}): `)
  if (!pinPattern.test(pin)) throw new AgentError({ code: 'bad_pin', message: `A PIN has ${pinMeaning}. Nothing was changed.` })
  if ((await askSecret('Once more: ')) !== pin)
    throw new AgentError({ code: 'bad_pin', message: 'That was another PIN. Nothing was changed.' })
  return await hashPin(pin, random)
}

/** What cannot be read again is not written. */
async function write(file: string, operators: readonly Operator[]): Promise<void> {
  const text = `${JSON.stringify(
    operators.map(({ name, pinHash, mayLoosen }) =>
      pinHash === null ? name : { name, pin: pinHash, ...(mayLoosen ? { mayLoosen } : {}) },
    ),
    null,
    2,
  )}\n`
  parseOperators(text, file)
  await writeFileAtomic(file, text)
}
