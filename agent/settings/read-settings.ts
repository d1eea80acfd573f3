import { isAbsolute, resolve } from 'node:path'
import { AgentError } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import { logLevels } from '../basics/logger.ts'
import type { OperatorSource } from '../operators/operator-list.ts'
import { readOperators } from '../operators/read-operators.ts'
import type { AgentSettings, EnvironmentProxy, HostPort, LossSettings, ProxySettings, ServiceSettings } from './agent-settings.ts'
import { readFields } from './field-reader.ts'
import type { FieldReader } from './field-reader.ts'
import { isLoopback } from './host-port.ts'
import { keySecretFile } from './key-secret-file.ts'
import { readEnvironmentProxy } from './proxy-for.ts'
import { readEst, readTunnel } from './read-addresses.ts'
import { readHardware } from './read-hardware.ts'
import { readRecordings } from './read-recordings.ts'
import { readServices } from './read-services.ts'
import { noHost, readTarget } from './read-target.ts'
import { readUpdates } from './read-updates.ts'

export interface ReadSettingsOptions {
  /** Text of `agent.json`. */
  readonly text: string
  /** Relative paths start here: the folder of `agent.json`. */
  readonly baseDir: string
  /** Where the panel's pages are when the file does not say; null: inside of this program. */
  readonly defaultPagesDir: string | null
  /** For `HTTPS_PROXY`, `NO_PROXY` and `CREDENTIALS_DIRECTORY`. Default: none is set. */
  readonly environment?: NodeJS.ProcessEnv
}

/**
 * Checks `agent.json`.
 *
 * @throws AgentError `bad_settings` with every problem and its path
 */
export function readSettings(options: ReadSettingsOptions): AgentSettings {
  const problems: FieldProblem[] = []
  const root = readFields(parseJson(options.text), '', problems)
  const path = (text: string): string => (isAbsolute(text) ? text : resolve(options.baseDir, text))
  const operators = readOperatorSource(root, path, problems)
  const mirror = root.choice('mirror', ['on', 'off'], 'on') === 'on'
  const settings: AgentSettings = {
    gateway: readGateway(root.object('gateway'), path, () => readEnvironmentProxy(options.environment ?? {}, problems)),
    device: readDevice(root.object('device')),
    enrolment: readEnrolment(root.object('enrolment', { optional: true }), path),
    keyType: root.choice('keyType', ['ec-p256', 'rsa-2048'], 'ec-p256'),
    keySecretFile: keySecretFile(options.environment ?? {}),
    stateDir: path(root.text('stateDir')),
    panel: readPanel(root.object('panel'), path, options.defaultPagesDir),
    mirror,
    recordings: readRecordings(root, problems),
    operators,
    remoteService: root.choice('remoteService', ['off', 'on'], 'off') === 'on',
    requestTimeoutS: root.integer('requestTimeoutS', { min: 10, max: 600, otherwise: 60 }),
    losses: readLosses(root.object('losses', { optional: true })),
    hardware: readHardware(root.object('hardware', { optional: true }), operators),
    updates: readUpdates(root.object('updates', { optional: true })),
    services: readServices(root.object('services'), mirror),
    logLevel: root.choice('logLevel', logLevels, 'info'),
  }
  root.noOthers()
  for (const service of settings.services.values()) {
    if (isPanel(service.target, settings.panel.port)) problems.push({ path: `services.${service.name}.target`, message: panelTarget })
    if (service.enabling && settings.hardware.enabling === null)
      problems.push({ path: `services.${service.name}.enabling`, message: 'needs hardware.enabling, the input that is held' })
  }
  if (problems.length > 0) throw badSettings(problems)
  return deepFreeze(settings)
}

/** The same refusal for a panel whose port was chosen at start (`panel.port: 0`). */
export function refusePanelTargets(settings: AgentSettings, panelPort: number): void {
  const wrong = [...settings.services.values()].filter((service) => isPanel(service.target, panelPort))
  if (wrong.length > 0) throw panelTargetError(wrong)
}

export function panelTargetError(services: readonly ServiceSettings[]): AgentError {
  return badSettings(services.map(({ name }) => ({ path: `services.${name}.target`, message: panelTarget })))
}

const panelTarget = "is the panel's own port: nobody but the operator may reach the panel"

function isPanel(target: HostPort, panelPort: number): boolean {
  return panelPort !== 0 && target.port === panelPort && isLoopback(target.host)
}

function badSettings(problems: readonly FieldProblem[]): AgentError {
  return new AgentError({
    code: 'bad_settings',
    message: 'agent.json has mistakes:\n' + problems.map((one) => `  ${one.path}: ${one.message}`).join('\n'),
    problems,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw badSettings([{ path: '(whole file)', message: `is not JSON: ${error instanceof Error ? error.message : 'unreadable'}` }])
  }
}

function readGateway(
  fields: FieldReader | null,
  path: (text: string) => string,
  environmentProxy: () => EnvironmentProxy | null,
): AgentSettings['gateway'] {
  if (fields === null)
    return { tunnel: [noHost], est: [noHost], caFile: '', trustDomain: '', serverName: null, proxy: null, environmentProxy: null }
  // `null` is said by who wants none, whatever the environment says.
  const saysProxy = fields.has('proxy')
  const proxy = saysProxy && fields.value('proxy') === null ? null : readProxy(fields.object('proxy', { optional: true }), path)
  const gateway = {
    tunnel: readTunnel(fields),
    est: readEst(fields),
    caFile: path(fields.text('caFile')),
    trustDomain: fields.text('trustDomain', {
      maxLength: 255,
      pattern: /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/,
      meaning: 'a SPIFFE trust domain: a-z, 0-9, dot, dash, underscore',
    }),
    serverName: fields.optionalText('serverName', { maxLength: 253, pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, meaning: 'a DNS name' }),
    proxy,
    environmentProxy: saysProxy ? null : environmentProxy(),
  }
  fields.noOthers()
  return gateway
}

function readProxy(fields: FieldReader | null, path: (text: string) => string): ProxySettings | null {
  if (fields === null) return null
  const address = readTarget(fields, 'address')
  // A colon would end the name (RFC 7617, section 2).
  const user = fields.optionalText('user', { maxLength: 256, pattern: /^[^:]+$/, meaning: 'a name without a colon' })
  const passwordFile = fields.optionalText('passwordFile')
  fields.noOthers()
  if ((user === null) !== (passwordFile === null)) fields.problem('user', 'and passwordFile: give both or neither')
  return { address, user, password: passwordFile === null ? null : { file: path(passwordFile) } }
}

function readDevice(fields: FieldReader | null): AgentSettings['device'] {
  if (fields === null) return { id: '', name: '', site: '' }
  const device = {
    id: fields.text('id', {
      pattern: /^(?!.*\.\.)[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9-])?$/,
      meaning: 'a device id: a-z or 0-9, then up to 62 of a-z, 0-9, dot, dash',
    }),
    name: fields.text('name', { maxLength: 120 }),
    site: fields.text('site', { maxLength: 120 }),
  }
  fields.noOthers()
  return device
}

function readEnrolment(fields: FieldReader | null, path: (text: string) => string): AgentSettings['enrolment'] {
  if (fields === null) return null
  const passwordFile = fields.optionalText('passwordFile')
  const password = fields.optionalText('password', { maxLength: 256 })
  fields.noOthers()
  if ((passwordFile === null) === (password === null))
    fields.problem('passwordFile', 'give either passwordFile or password, not both and not neither')
  if (passwordFile !== null) return { passwordFile: path(passwordFile) }
  return { password: password ?? '' }
}

function readPanel(fields: FieldReader | null, path: (text: string) => string, defaultPagesDir: string | null): AgentSettings['panel'] {
  if (fields === null)
    return { port: 0, host: '127.0.0.1', pagesDir: defaultPagesDir, stripOrigins: [], mirrorPort: 0, onThisMachine: true }
  const host = fields.optionalText('host') ?? '127.0.0.1'
  if (host !== '' && host !== '127.0.0.1' && host !== '::1' && host !== 'localhost') {
    fields.problem('host', 'must be 127.0.0.1, ::1 or localhost: the panel is for this machine alone')
  }
  const pagesDir = fields.optionalText('pagesDir')
  const panel = {
    port: fields.integer('port', { min: 0, max: 65_535 }),
    host,
    pagesDir: pagesDir === null ? defaultPagesDir : path(pagesDir),
    stripOrigins: readOrigins(fields, 'stripOrigins'),
    mirrorPort: fields.integer('mirrorPort', { min: 0, max: 65_535, otherwise: 0 }),
    onThisMachine: fields.flag('onThisMachine', true),
  }
  if (panel.mirrorPort !== 0 && panel.mirrorPort === panel.port) fields.problem('mirrorPort', 'must be another one than port')
  fields.noOthers()
  return panel
}

function readOperatorSource(root: FieldReader, path: (text: string) => string, problems: FieldProblem[]): OperatorSource {
  const value = root.value('operators')
  if (Array.isArray(value)) return readOperators(value, 'operators', problems)
  if (typeof value === 'object' && value !== null) {
    const fields = readFields(value, 'operators', problems)
    const file = path(fields.text('file'))
    fields.noOthers()
    return { file }
  }
  root.problem('operators', value === undefined ? 'is missing' : 'must be a list, or { "file": ... } with one in it')
  return []
}

/** Written into a header, so nothing but an origin as a browser writes it (RFC 6454, section 6.2). */
function readOrigins(fields: FieldReader, name: string): readonly string[] {
  if (!fields.has(name)) return []
  const found = fields.list(name)
  const good = found.filter((one): one is string => typeof one === 'string' && URL.parse(one)?.origin === one && /^https?:/.test(one))
  if (good.length < found.length) fields.problem(name, 'must be origins like "http://127.0.0.1:8080", without a path')
  return good.slice(0, 16)
}

function readLosses(fields: FieldReader | null): LossSettings {
  if (fields === null) return { panel: 'end', gateway: 'wait', clock: 'end' }
  const losses: LossSettings = {
    panel: fields.choice('panel', ['end', 'pause', 'go_on'], 'end'),
    gateway: fields.choice('gateway', ['end', 'wait'], 'wait'),
    clock: fields.choice('clock', ['end', 'go_on'], 'end'),
  }
  fields.noOthers()
  return losses
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(member)
  }
  return value
}
