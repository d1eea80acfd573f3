import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { IdpSettings } from './idp-settings.ts'
import { idpSettingsSchema } from './idp-settings.ts'

/** Settings from the text of a file, frozen. @throws settings_invalid with every problem and its path. */
export function readSettings(text: string): IdpSettings {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalid([{ path: '', message: `is not JSON: ${(cause as Error).message}` }])
  }
  const result = idpSettingsSchema.safeParse(json)
  if (!result.success) throw invalid(result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
  return deepFreeze(result.data)
}

function invalid(problems: readonly { readonly path: string; readonly message: string }[]): CodedError {
  const list = problems.map(({ path, message }) => `${path === '' ? '(file)' : path}: ${message}`).join('; ')
  return new CodedError({
    code: 'settings_invalid',
    message: `The settings of the identity provider have problems. ${list}`,
    remedy: 'fix',
    problems,
  })
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}
