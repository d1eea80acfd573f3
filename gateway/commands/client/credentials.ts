import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import { systemRandom } from '../../basics/random.ts'

const shape = z.strictObject({
  /** Origin of the portal. */
  portal: z.url(),
  token: z.string().min(1),
  /** Unix seconds. */
  expires_at: z.int(),
  name: z.string(),
})

/** What `sallyport login` keeps: one sign-in, readable by its owner alone. */
export type Credentials = z.infer<typeof shape>

function credentialsFile(environment: NodeJS.ProcessEnv): string {
  const own = environment['SALLYPORT_CREDENTIALS']
  if (own !== undefined && own !== '') return own
  const config = environment['XDG_CONFIG_HOME'] ?? ''
  // One that is empty or relative counts as none (XDG Base Directory Specification).
  return join(isAbsolute(config) ? config : join(homedir(), '.config'), 'sallyport', 'credentials.json')
}

/** @throws CodedError `not_signed_in` */
export async function readCredentials(environment: NodeJS.ProcessEnv, nowS: number): Promise<Credentials> {
  const text = await readFile(credentialsFile(environment), 'utf8').catch(() => null)
  const parsed = shape.safeParse(text === null ? null : parseJson(text))
  if (parsed.success && parsed.data.expires_at > nowS) return parsed.data
  const portal = parsed.success ? ` ${parsed.data.portal}` : ' https://<portal>'
  throw new CodedError({
    code: 'not_signed_in',
    message: `${parsed.success ? 'Your sign-in is over' : 'You are not signed in'}. Run: sallyport login${portal}`,
    remedy: 'sign_in',
  })
}

/** Whole or not at all, and never readable by others, not for a moment. */
export async function writeCredentials(environment: NodeJS.ProcessEnv, credentials: Credentials): Promise<void> {
  const file = credentialsFile(environment)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // A new file of ours: one that somebody laid there would be his to read.
  const beside = `${file}.${systemRandom.hex(8)}`
  await writeFile(beside, `${JSON.stringify(credentials)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(beside, file)
}

export const removeCredentials = (environment: NodeJS.ProcessEnv): Promise<void> => rm(credentialsFile(environment), { force: true })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
