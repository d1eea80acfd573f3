import { rm, stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { usageError } from './command-line.ts'
import { hidden } from './hidden-folders.ts'
import type { KeyCredential } from './key-credential.ts'
import { judgeHardware } from './judge-hardware.ts'
import type { HardwareHost } from './judge-hardware.ts'
import { systemdUnit, unitName } from './systemd-unit.ts'

export interface ServiceCommandOptions {
  readonly dryRun: boolean
  /** The machine's key is not encrypted. */
  readonly plainKey: boolean
  /** `agent.json`, as it was named. */
  readonly config: string
  readonly load: () => Promise<AgentSettings>
  /** How this program was started: itself, or Node and `agent/main`. */
  readonly program: readonly string[]
  readonly say: (line: string) => void
  /** Where units and states of services lie. */
  readonly host: ServiceHost
}

export interface ServiceHost extends HardwareHost {
  /** `/etc/systemd/system` */
  readonly unitFolder: string
  /** `/var/lib` */
  readonly stateRoot: string
  readonly isRoot: boolean
  /** Whether systemd runs this machine (sd_booted(3)). */
  readonly booted: boolean
  readonly credential: KeyCredential
  /** @throws AgentError `systemctl_failed` */
  systemctl(args: readonly string[]): Promise<void>
}

/**
 * Lets systemd run the agent, or no longer. What the agent keeps stays where it is.
 *
 * @throws AgentError `usage`, `bad_service` with everything that would keep the service from starting, `not_root`, `no_systemd`, `systemctl_failed`
 */
export async function serviceCommand(args: readonly string[], options: ServiceCommandOptions): Promise<void> {
  const [act, ...others] = args
  if (others.length > 0 || (act !== 'install' && act !== 'uninstall')) throw usageError('service takes install or uninstall.')
  if (act === 'install') await install(options)
  else await uninstall(options)
}

async function install({ dryRun, plainKey, config, load, program, say, host }: ServiceCommandOptions): Promise<void> {
  const path = resolve(config)
  const settings = await load()
  const hardware = await judgeHardware(settings.hardware, host)
  const problems = [...programProblems(program), ...(await fileProblems(path, settings, host.stateRoot)), ...hardware.problems]
  if (problems.length > 0)
    throw new AgentError({
      code: 'bad_service',
      message: `As a service the agent would not start:\n${problems.map((one) => `  ${one.path}: ${one.message}`).join('\n')}`,
      problems,
    })
  const place = { program, config: path, stateDirectory: ownFolder(settings.stateDir, host.stateRoot) ?? '', wired: hardware.wired }
  const { credential } = host
  // What it encrypted before, nothing else opens.
  const encrypts = (await credential.exists()) || (!plainKey && (await credential.available()))
  if (dryRun) return say(systemdUnit({ ...place, credential: encrypts ? credential.file : null }).trimEnd())
  const file = await mayChange(host)
  const unit = systemdUnit({ ...place, credential: encrypts && (await isMade(credential, say)) ? credential.file : null })
  if (settings.gateway.environmentProxy !== null)
    say('HTTPS_PROXY is set here, and not for the service: write gateway.proxy into agent.json where it needs that proxy.')
  await writeFile(file, unit, { mode: 0o644 })
  await host.systemctl(['daemon-reload'])
  await host.systemctl(['enable', unitName])
  await host.systemctl(['restart', unitName])
  say(`wrote ${file}; the agent runs, now and after each start of this machine.`)
  say(`The address that pairs the panel's browser: journalctl -u ${unitName} -g pairing_url`)
}

/** A machine whose systemd cannot do it keeps its key as a file. */
async function isMade(credential: KeyCredential, say: (line: string) => void): Promise<boolean> {
  if (await credential.exists()) return true
  try {
    await credential.make()
    say(`made ${credential.file}: it encrypts the machine's key, on this computer alone. Without it the machine has to enrol again.`)
    return true
  } catch (error) {
    say(`The machine's key is not encrypted: ${error instanceof Error ? error.message : 'unknown'}`)
    return false
  }
}

async function uninstall({ dryRun, say, host }: ServiceCommandOptions): Promise<void> {
  const file = join(host.unitFolder, unitName)
  const there = await stat(file).then(
    () => true,
    () => false,
  )
  if (!there) return say(`There is no ${file}: nothing to do.`)
  if (dryRun) return say(`would stop and disable ${unitName} and remove ${file}; what the agent keeps stays.`)
  await mayChange(host)
  await host.systemctl(['disable', '--now', unitName])
  await rm(file, { force: true })
  await host.systemctl(['daemon-reload'])
  say(`removed ${file}; what the agent keeps stays where it is.`)
}

async function mayChange({ isRoot, booted, unitFolder }: ServiceHost): Promise<string> {
  if (!booted)
    throw new AgentError({
      code: 'no_systemd',
      message: 'systemd does not run this machine. --dry-run prints the unit; another supervisor can run: sallyport-agent run',
    })
  if (!isRoot)
    throw new AgentError({ code: 'not_root', message: 'Only root may change services: run it with sudo, or see the unit with --dry-run.' })
  return join(unitFolder, unitName)
}

/** `sallyport-agent` of `/var/lib/sallyport-agent/state`; null where a path lies elsewhere. */
function ownFolder(path: string, stateRoot: string): string | null {
  const below = relative(stateRoot, path)
  const [first = ''] = below.split(sep)
  return isAbsolute(below) || first === '' || first === '..' || first === 'private' ? null : first
}

function programProblems(program: readonly string[]): readonly FieldProblem[] {
  return program
    .filter((word) => hidden.test(word))
    .map((word) => ({ path: word, message: 'the service cannot see it there: put the program into /usr/local/bin or /opt' }))
}

async function fileProblems(config: string, settings: AgentSettings, stateRoot: string): Promise<readonly FieldProblem[]> {
  const own = ownFolder(settings.stateDir, stateRoot)
  const { gateway, enrolment, operators } = settings
  const password = gateway.proxy?.password ?? null
  const named: readonly (readonly [string, string | null])[] = [
    ['agent.json', config],
    ['gateway.caFile', gateway.caFile],
    ['enrolment.passwordFile', enrolment !== null && 'passwordFile' in enrolment ? enrolment.passwordFile : null],
    ['operators.file', 'file' in operators ? operators.file : null],
    ['gateway.proxy.passwordFile', password !== null && 'file' in password ? password.file : null],
  ]
  const problems = await Promise.all(
    named.map(async ([path, file]) => {
      if (file === null || (own !== null && ownFolder(file, stateRoot) === own)) return []
      const message = await hindrance(file, stateRoot)
      return message === null ? [] : [{ path, message }]
    }),
  )
  const state =
    own === null ? [{ path: 'stateDir', message: `must lie below ${stateRoot}, like ${join(stateRoot, 'sallyport-agent', 'state')}` }] : []
  const pages = settings.panel.pagesDir
  return [
    ...state,
    ...problems.flat(),
    ...(pages !== null && hidden.test(`${pages}/`)
      ? [{ path: 'panel.pagesDir', message: `${pages}: the service cannot see it there` }]
      : []),
  ]
}

/** The service's user is new at each start: outside of its own folder it reads what everybody may read. */
async function hindrance(file: string, stateRoot: string): Promise<string | null> {
  const better = `put it into ${join(stateRoot, 'sallyport-agent')}, which is the service's own, with the others`
  if (hidden.test(file)) return `${file}: the service cannot see it there: ${better}`
  try {
    return ((await stat(file)).mode & 0o004) === 0 ? `${file} cannot be read by the service's user: ${better}` : null
  } catch (error) {
    return `${file} cannot be read (${errorCode(error)})`
  }
}
