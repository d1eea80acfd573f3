import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Command } from 'commander'
import { CodedError, isCodedError } from '../basics/coded-error.ts'
import { systemRandom } from '../basics/random.ts'
import type { CommandLineToken } from '../http-api/contract/command-lines.ts'
import { createApiClient, type ApiClient } from './client/api-client.ts'
import { writeCredentials } from './client/credentials.ts'
import { listenForRedirect } from './client/loopback-redirect.ts'
import { printable } from './printable.ts'

interface LoginOptions {
  readonly browser: boolean
  readonly json: boolean
}

const withinMs = 5 * 60_000

/** Signs in through the browser, which is signed in at the portal or signs in there: no password passes the command line (RFC 8252, RFC 7636). */
export const loginCommand = (): Command =>
  new Command('login')
    .description('sign in at a portal through the browser, for machines and forward')
    .argument('<portal>', 'address of the portal, like https://sallyport.example.com')
    .option('--no-browser', 'only print the address to open')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (address: string, { browser, json }: LoginOptions) => {
      const portal = portalOf(address)
      const client = createApiClient({ portal, token: null })
      await expectPortal(client)
      const state = systemRandom.token(16)
      const verifier = systemRandom.token(32)
      await using redirect = await listenForRedirect({ state, withinMs })
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      const page = new URL(`/command-line?port=${redirect.port}&state=${state}&code_challenge=${challenge}`, portal).href
      process.stderr.write(`Open this address in the browser of this computer, and allow it:\n\n  ${page}\n\n`)
      if (browser) openBrowser(page)
      const code = await redirect.code()
      const signedIn = await client.post<CommandLineToken>('/api/v1/command-lines/token', { code, code_verifier: verifier })
      const { token, expires_at, person } = signedIn
      await writeCredentials(process.env, { portal, token, expires_at, name: person.name })
      const result = { schemaVersion: 1, portal, name: person.name, expires_at }
      process.stdout.write(json ? `${JSON.stringify(result)}\n` : `Signed in at ${portal} as ${printable(person.name)}.\n`)
    })

/** @throws CodedError `usage` */
function portalOf(address: string): string {
  const url = URL.parse(address)
  const local = url?.protocol === 'http:' && url.hostname.endsWith('.localhost')
  if (url !== null && (url.protocol === 'https:' || local)) return url.origin
  throw new CodedError({ code: 'usage', message: `${address} is not the https:// address of a portal.`, remedy: 'fix' })
}

const greetWithinMs = 10_000

/** A wrong address is said here, and not by a dead page in the browser. @throws CodedError `unreachable` */
async function expectPortal(client: ApiClient): Promise<void> {
  try {
    await client.get('/api/v1/me', AbortSignal.timeout(greetWithinMs))
  } catch (error) {
    // Nobody is signed in here yet: a portal says so.
    if (!isCodedError(error, 'not_signed_in')) throw error
  }
}

/** Where there is none, the printed address does. */
function openBrowser(page: string): void {
  const [program, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open']
  const child = spawn(program ?? '', [...args, page], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
