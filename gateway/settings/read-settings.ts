import { readFileSync } from 'node:fs'
import { CodedError } from '../basics/coded-error.ts'
import { gatewaySettingsSchema, type GatewaySettings } from './gateway-settings.ts'

/** Environment variables that override single settings; secrets are never among them. */
const fromEnvironment: Readonly<Record<string, (settings: Record<string, unknown>, value: string) => void>> = {
  SALLYPORT_DATA_DIR: (settings, value) => (settings['dataDir'] = value),
  SALLYPORT_LOG_LEVEL: (settings, value) => (settings['logLevel'] = value),
  SALLYPORT_PUBLIC_PORT: (settings, value) => setPort(settings, 'public', value),
  SALLYPORT_TUNNEL_PORT: (settings, value) => setPort(settings, 'tunnel', value),
  SALLYPORT_EST_PORT: (settings, value) => setPort(settings, 'est', value),
}

function setPort(settings: Record<string, unknown>, name: string, value: string): void {
  const listener = settings[name]
  settings[name] = { ...(typeof listener === 'object' ? listener : {}), port: Number(value) }
}

/** @throws CodedError `settings_invalid` with every problem and its path */
export function readSettings(file: string, environment: NodeJS.ProcessEnv): GatewaySettings {
  return parseSettings(readJson(file), environment, file)
}

export function parseSettings(value: unknown, environment: NodeJS.ProcessEnv, file: string): GatewaySettings {
  const settings = typeof value === 'object' && value !== null ? { ...value } : value
  if (typeof settings === 'object') {
    for (const [name, apply] of Object.entries(fromEnvironment)) {
      const override = environment[name]
      if (override !== undefined && override !== '') apply(settings as Record<string, unknown>, override)
    }
  }
  const parsed = gatewaySettingsSchema.safeParse(settings)
  if (parsed.success) return deepFreeze(parsed.data)
  const problems = parsed.error.issues.map((issue) => ({ path: issue.path.join('.') || '(whole file)', message: issue.message }))
  throw new CodedError({
    code: 'settings_invalid',
    message: `${file} has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    remedy: 'fix',
    problems,
  })
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CodedError({
      code: 'settings_unreadable',
      message: `${file} cannot be read. Make one with: sallyport init`,
      remedy: 'fix',
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CodedError({ code: 'settings_invalid', message: `${file} is not JSON: ${why}`, remedy: 'fix', cause: error })
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
