import { Argument, Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { namesFromPortal } from './completion/known-names.ts'
import { offersFor } from './completion/offers-for.ts'
import { emptyWord, scriptFor, shells, type Shell } from './completion/script-for.ts'

/** The script that makes a shell complete this command line. */
export const completionCommand = (): Command =>
  new Command('completion')
    .description('print what makes a shell complete sallyport, with the names of your machines')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .action((shell: Shell) => {
      process.stdout.write(scriptFor(shell))
    })

/** Nothing may hold a prompt for longer: a name server that keeps silent holds the process, whatever became of the question. */
const longestMs = 2_500

/** Called by those scripts at each press of the tabulator: the words so far, the last of them unfinished. */
export const completeCommand = (): Command =>
  new Command('complete').argument('[words...]').action(async (words: readonly string[], _options, command: Command) => {
    setTimeout(() => process.exit(0), longestMs).unref()
    const { offers, files } = await offersFor(
      command.parent ?? command,
      words.map((word) => (word === emptyWord ? '' : word)),
      namesFromPortal(process.env, systemClock.nowS()),
    )
    const lines = offers.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`))
    process.stdout.write([...lines, ...(files ? [':files'] : [])].map((line) => `${line}\n`).join(''))
  })
