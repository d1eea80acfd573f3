import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import { filesOfBundle, readBundle } from '../enrolment/read-bundle.ts'
import { hasEnded, spiffeIdOf } from '../enrolment/stored-credential.ts'
import { parseOperators } from '../operators/operator-list.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { readSettings } from '../settings/read-settings.ts'
import { keepFiles } from '../state/keep-files.ts'
import type { NewFile } from '../state/keep-files.ts'
import { firstFiles, firstSettings } from '../wire/first-settings.ts'

/** The flags of `join`, as they were given. */
export interface JoinFlags {
  readonly gateway: readonly string[]
  readonly est: readonly string[]
  readonly ca: string | undefined
  readonly trustDomain: string | undefined
  readonly serverName: string | undefined
  readonly proxy: string | undefined
  readonly device: string | undefined
  readonly name: string | undefined
  readonly site: string | undefined
  readonly service: readonly string[]
  readonly operator: readonly string[]
  readonly passwordFile: string | undefined
  readonly bundle: string | undefined
  readonly panelPort: string | undefined
  readonly keyType: string | undefined
}

export interface JoinOptions {
  readonly flags: JoinFlags
  /** The `agent.json` to be written; everything else lies beside it. */
  readonly config: string
  readonly nowMs: number
  readonly say: (line: string) => void
}

/**
 * Writes `agent.json` with the authority, the one-time password or the factory's identity, and the list of operators beside it: all of it or nothing.
 *
 * @throws AgentError `bad_flags` with every bad value, `file_exists`
 */
export async function joinCommand({ flags, config, nowMs, say }: JoinOptions): Promise<void> {
  const file = resolve(config)
  const folder = dirname(file)
  const problems: FieldProblem[] = []
  const json = agentJson(flags, problems)
  const settings = judge(json, folder, problems)
  const ca = await readCa(flags.ca, problems)
  const identity = await readIdentity({ flags, settings, folder, nowMs, say }, problems)
  const operators = readOperatorNames(flags.operator, problems)
  if (problems.length > 0)
    throw new AgentError({
      code: 'bad_flags',
      message: `Nothing was written:\n${problems.map((one) => `  ${one.path}: ${one.message}`).join('\n')}`,
      problems,
    })
  const files: readonly NewFile[] = [
    { path: join(folder, firstFiles.ca), content: ca, orSame: true },
    ...identity,
    ...(operators === null ? [] : [{ path: join(folder, firstFiles.operators), content: operators }]),
    { path: file, content: `${JSON.stringify(json, null, 2)}\n` },
  ]
  await keepFiles(files)
  for (const { path } of files) say(`wrote ${path}`)
  for (const line of nextSteps(config, flags)) say(line)
}

function agentJson(flags: JoinFlags, problems: FieldProblem[]): object {
  const { panelPort } = flags
  return firstSettings({
    gateway: {
      tunnel: oneOrSeveral(flags.gateway),
      est: oneOrSeveral(flags.est),
      trustDomain: flags.trustDomain,
      serverName: flags.serverName,
      ...(flags.proxy === undefined ? {} : { proxy: { address: flags.proxy } }),
    },
    device: { id: flags.device, name: flags.name, site: flags.site },
    enrolment: flags.bundle === undefined ? { passwordFile: firstFiles.password } : undefined,
    keyType: flags.keyType,
    panelPort: panelPort !== undefined && /^\d{1,5}$/.test(panelPort) ? Number(panelPort) : panelPort,
    services: readServices(flags.service, problems),
  })
}

const oneOrSeveral = (given: readonly string[]): string | readonly string[] | undefined => (given.length > 1 ? given : given[0])

/** `hmi=http:127.0.0.1:8080` */
function readServices(given: readonly string[], problems: FieldProblem[]): object {
  const services = new Map<string, object>()
  if (given.length === 0)
    problems.push({ path: '--service', message: 'is missing: what does this machine offer? Like hmi=http:127.0.0.1:8080' })
  for (const text of given) {
    const [, name, kind, target] = /^([^=]+)=([^:]+):(.+)$/.exec(text) ?? []
    if (name === undefined)
      problems.push({ path: `--service ${text}`, message: 'must be NAME=KIND:HOST:PORT, like hmi=http:127.0.0.1:8080' })
    else if (services.has(name)) problems.push({ path: `--service ${text}`, message: `names ${name} a second time` })
    else services.set(name, { kind, target })
  }
  return Object.fromEntries(services)
}

/** What the reader of `agent.json` finds, in the words of the flags. */
function judge(json: object, folder: string, problems: FieldProblem[]): AgentSettings | null {
  try {
    return readSettings({ text: JSON.stringify(json), baseDir: folder, defaultPagesDir: folder })
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    problems.push(...error.problems.map(({ path, message }) => ({ path: flagOf(path), message })))
    return null
  }
}

const flagsOf: readonly (readonly [RegExp, string])[] = [
  [/^gateway\.tunnel/, '--gateway'],
  [/^gateway\.est/, '--est'],
  [/^gateway\.trustDomain/, '--trust-domain'],
  [/^gateway\.serverName/, '--server-name'],
  [/^gateway\.proxy/, '--proxy'],
  [/^device\.id/, '--device'],
  [/^device\.name/, '--name'],
  [/^device\.site/, '--site'],
  [/^panel\.port/, '--panel-port'],
  [/^keyType/, '--key-type'],
]

function flagOf(path: string): string {
  const service = /^services\.("?)([^".]+)\1(?:\.(.+))?$/.exec(path)
  if (service !== null) return `--service ${service[2]}${service[3] === undefined ? '' : ` (${service[3]})`}`
  return flagsOf.find(([pattern]) => pattern.test(path))?.[1] ?? path
}

async function readCa(path: string | undefined, problems: FieldProblem[]): Promise<string> {
  const problem = (message: string): string => (problems.push({ path: '--ca', message }), '')
  if (path === undefined) return problem('is missing: ca.pem of the gateway, from the portal under Devices')
  try {
    const pem = await readFile(path, 'utf8')
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    if (found.length === 0) return problem(`${path} holds no certificate in PEM`)
    for (const one of found) if (!new X509Certificate(one).ca) return problem(`${path} holds a certificate that is none of an authority`)
    // Only what the agent reads: no key that lies in the same file.
    return `${found.join('\n')}\n`
  } catch (error) {
    return problem(`${path} cannot be read (${errorCode(error)})`)
  }
}

interface Identity {
  readonly flags: JoinFlags
  /** Null where they have mistakes: then the bundle is not judged. */
  readonly settings: AgentSettings | null
  readonly folder: string
  readonly nowMs: number
  readonly say: (line: string) => void
}

async function readIdentity({ flags, settings, folder, nowMs, say }: Identity, problems: FieldProblem[]): Promise<readonly NewFile[]> {
  const { bundle, passwordFile } = flags
  if ((bundle === undefined) === (passwordFile === undefined)) {
    problems.push({ path: '--password-file', message: 'give either --password-file or --bundle, not both and not neither' })
    return []
  }
  if (passwordFile !== undefined) {
    const text = await readFile(passwordFile, 'utf8').catch((error: unknown) => ({ code: errorCode(error) }))
    const why = typeof text === 'object' ? `cannot be read (${text.code})` : text.trim() === '' ? 'is empty' : null
    if (why !== null) problems.push({ path: '--password-file', message: `${passwordFile} ${why}` })
    return why !== null || typeof text === 'object'
      ? []
      : [{ path: join(folder, firstFiles.password), content: `${text.trim()}\n`, orSame: true }]
  }
  if (settings === null || bundle === undefined) return []
  try {
    const identity = await readBundle(bundle, { spiffeId: spiffeIdOf(settings), nowMs })
    if (hasEnded(identity, nowMs))
      say(
        `The certificate in ${bundle} ended on ${new Date(identity.notAfterMs).toISOString()}. The agent asks for another one with its key.`,
      )
    return filesOfBundle(settings.stateDir, identity)
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    problems.push({ path: '--bundle', message: error.message })
    return []
  }
}

/** Null where nobody was named: `operator set` makes the list then. */
function readOperatorNames(names: readonly string[], problems: FieldProblem[]): string | null {
  if (names.length === 0) return null
  const text = `${JSON.stringify(names, null, 2)}\n`
  try {
    parseOperators(text, firstFiles.operators)
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    problems.push(...error.problems.map(({ path, message }) => ({ path: path.replace(/^operators/, '--operator'), message })))
  }
  return text
}

function nextSteps(config: string, { operator }: JoinFlags): readonly string[] {
  const at = config === 'agent.json' ? '' : ` --config ${config}`
  return [
    '',
    `Next: ${operator.length === 0 ? 'name who may press' : 'give each operator a PIN'}: sallyport-agent operator set NAME${at}`,
    `      see that the way out is free:  sallyport-agent doctor${at}`,
    `      run it under systemd:          sallyport-agent service install${at}   (or by hand: sallyport-agent run${at})`,
  ]
}
