import { parseArgs } from 'node:util'
import { AgentError } from '../basics/agent-error.ts'
import type { JoinFlags } from './join-command.ts'

const commands = ['run', 'status', 'doctor', 'join', 'service', 'operator', 'attack', 'update'] as const
export type Command = (typeof commands)[number]

export const usage = `Usage: sallyport-agent [run] [--config agent.json] [--die-with-parent]
         runs the agent. --pair instead: the agent that runs prints a new address for pairing a browser
       sallyport-agent status [--json]
         what the running agent says about itself; exit code 1 when none runs
       sallyport-agent doctor [--json]
         looks at the machine and its way to the gateway, says what is wrong and what to do; exit code 1 when something failed
       sallyport-agent join --gateway HOST:PORT --est https://HOST:PORT --ca FILE --trust-domain DOMAIN --device ID --name NAME --site SITE
                            --service NAME=KIND:HOST:PORT --password-file FILE | --bundle FILE
                            [--operator NAME] [--panel-port 7080] [--server-name NAME] [--proxy HOST:PORT] [--key-type rsa-2048]
         writes agent.json and what it needs beside it. --gateway, --est, --service and --operator may be given several times;
         --bundle: key and certificate in PEM, as the factory wrote them
       sallyport-agent service install | uninstall [--dry-run] [--plain-key]
         runs the agent under systemd, which encrypts its key where it can (not with --plain-key); --dry-run prints the unit
       sallyport-agent operator list | set NAME [--no-pin | --may-loosen] | remove NAME
         who may press at this machine; a running agent takes it over at once
       sallyport-agent update --from FILE [--no-wait]
         verifies a newer version and lays it before the operator; says what becomes of it, exit code 1 when it was not installed
       sallyport-agent attack [--report FILE] [--json]
         attacks a copy of this agent as a captured gateway would, and reports; exit code 1 when an attack was not held off
       sallyport-agent --version | --help
Each takes --config FILE (default: agent.json in this folder).
Exit codes: 0 well, 1 failed, 2 wrong usage, 3 this user may not, 4 the agent does not answer.
`

const options = {
  config: { type: 'string', default: 'agent.json' },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  pair: { type: 'boolean', default: false },
  'die-with-parent': { type: 'boolean', default: false },
  // What one version says to another (agent/updates), and nobody else.
  launcher: { type: 'string', multiple: true },
  trial: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'plain-key': { type: 'boolean', default: false },
  'no-pin': { type: 'boolean', default: false },
  'may-loosen': { type: 'boolean', default: false },
  report: { type: 'string' },
  from: { type: 'string' },
  'no-wait': { type: 'boolean', default: false },
  gateway: { type: 'string', multiple: true },
  est: { type: 'string', multiple: true },
  ca: { type: 'string' },
  'trust-domain': { type: 'string' },
  'server-name': { type: 'string' },
  proxy: { type: 'string' },
  device: { type: 'string' },
  name: { type: 'string' },
  site: { type: 'string' },
  service: { type: 'string', multiple: true },
  operator: { type: 'string', multiple: true },
  'password-file': { type: 'string' },
  bundle: { type: 'string' },
  'panel-port': { type: 'string' },
  'key-type': { type: 'string' },
} as const

/** Which options each command knows beside `--config`. */
const optionsOf: Readonly<Record<Command, readonly string[]>> = {
  run: ['pair', 'die-with-parent', 'launcher', 'trial'],
  status: ['json'],
  doctor: ['json'],
  join: 'gateway est ca trust-domain server-name proxy device name site service operator password-file bundle panel-port key-type'.split(
    ' ',
  ),
  service: ['dry-run', 'plain-key'],
  operator: ['no-pin', 'may-loosen'],
  attack: ['report', 'json'],
  update: ['from', 'no-wait'],
}

export type CommandLine = ReturnType<typeof parse>

const parse = (argv: readonly string[]) => {
  const { values, positionals, tokens } = parseArgs({ args: [...argv], allowPositionals: true, tokens: true, options })
  const [word = 'run', ...args] = positionals
  return { word, args, values, given: tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])) }
}

/** @throws AgentError `usage`; or Node's `ERR_PARSE_ARGS_...` */
export function readCommandLine(argv: readonly string[]): Omit<CommandLine, 'word' | 'given'> & { readonly command: Command } {
  const { word, args, values, given } = parse(argv)
  const command = commands.find((one) => one === word)
  if (command === undefined) throw usageError(`There is no command ${word}.`)
  if (!values.help && !values.version) {
    const strange = given.find((name) => name !== 'config' && !optionsOf[command].includes(name))
    if (strange !== undefined) throw usageError(`${command} has no option --${strange}.`)
    if (args.length > 0 && command !== 'operator' && command !== 'service') throw usageError(`${command} takes no ${args[0]}.`)
  }
  return { command, args, values }
}

export const usageError = (message: string): AgentError => new AgentError({ code: 'usage', message: `${message}\n${usage}` })

export const joinFlags = (values: CommandLine['values']): JoinFlags => ({
  gateway: values.gateway ?? [],
  est: values.est ?? [],
  ca: values.ca,
  trustDomain: values['trust-domain'],
  serverName: values['server-name'],
  proxy: values.proxy,
  device: values.device,
  name: values.name,
  site: values.site,
  service: values.service ?? [],
  operator: values.operator ?? [],
  passwordFile: values['password-file'],
  bundle: values.bundle,
  panelPort: values['panel-port'],
  keyType: values['key-type'],
})
