import { readFileSync } from 'node:fs'
import { CodedError } from '../basics/coded-error.ts'
import { gatewaySettingsSchema, type GatewaySettings } from './gateway-settings.ts'
import { joinedProblems } from './joined-problems.ts'

/** Environment variables that override single settings; secrets are never among them. */
const fromEnvironment: Readonly<
  Record<string, readonly [path: string, apply: (settings: Record<string, unknown>, value: string) => void]>
> = {
  SALLYPORT_DATA_DIR: ['dataDir', (settings, value) => (settings['dataDir'] = value)],
  SALLYPORT_LOG_LEVEL: ['logLevel', (settings, value) => (settings['logLevel'] = value)],
  SALLYPORT_PUBLIC_PORT: ['public.port', (settings, value) => setPort(settings, 'public', value)],
  SALLYPORT_TUNNEL_PORT: ['tunnel.port', (settings, value) => setPort(settings, 'tunnel', value)],
  SALLYPORT_EST_PORT: ['est.port', (settings, value) => setPort(settings, 'est', value)],
}

function setPort(settings: Record<string, unknown>, name: string, value: string): void {
  const listener = settings[name]
  settings[name] = { ...(typeof listener === 'object' ? listener : {}), port: /^\d+$/.test(value) ? Number(value) : value }
}

/** @throws CodedError `settings_invalid` with every problem and its path */
export function readSettings(file: string, environment: NodeJS.ProcessEnv): GatewaySettings {
  return parseSettings(readJson(file), environment, file)
}

export function parseSettings(value: unknown, environment: NodeJS.ProcessEnv, file: string): GatewaySettings {
  const { settings, overridden } = withEnvironment(value, environment)
  const parsed = gatewaySettingsSchema.safeParse(settings)
  const found = [...(parsed.error?.issues ?? []), ...joinedProblems(settings)]
  if (parsed.success && found.length === 0) return deepFreeze(parsed.data)
  const problems = found.map((issue) => {
    const path = issue.path.join('.') || '(whole file)'
    const variable = overridden.get(path)
    return { path, message: variable === undefined ? issue.message : `${issue.message} (from the environment: ${variable})` }
  })
  throw new CodedError({
    code: 'settings_invalid',
    message: `${file} has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    remedy: 'fix',
    problems,
  })
}

/** The settings with what the environment overrides, and which variable stands behind which path. */
function withEnvironment(value: unknown, environment: NodeJS.ProcessEnv): { settings: unknown; overridden: Map<string, string> } {
  const overridden = new Map<string, string>()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { settings: value, overridden }
  const settings: Record<string, unknown> = { ...value }
  for (const [name, [path, apply]] of Object.entries(fromEnvironment)) {
    const override = environment[name]
    if (override === undefined || override === '') continue
    apply(settings, override)
    overridden.set(path, name)
  }
  return { settings, overridden }
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const message = code === 'ENOENT' ? `${file} is not there. Make one with: sallyport init` : `${file} cannot be read (${code}).`
    throw new CodedError({ code: 'settings_unreadable', message, remedy: 'fix', cause: error })
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CodedError({ code: 'settings_invalid', message: `${file} is not JSON: ${why}`, remedy: 'fix', cause: error })
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
