import { access, open, rename, rm } from 'node:fs/promises'
import { Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import { createApiClient } from './client/api-client.ts'
import { nextFromHeader } from '../http-api/contract/decision-answers.ts'
import { readCredentials } from './client/credentials.ts'

interface ExportOptions {
  readonly from: number
  readonly until?: number
  readonly person?: string
  readonly machine?: string
  readonly session?: string
  readonly action?: string
  readonly result?: 'allowed' | 'denied'
  readonly code?: string
  readonly revision?: string
  readonly search?: string
  readonly personal: boolean
  readonly out?: string
  readonly json: boolean
}

/** The decision log of the gateway, for the tools that read OPA's. */
export function decisionsCommand(): Command {
  const command = new Command('decisions').description('the log of decisions')
  command
    .command('export')
    .description('decisions as events of OPA’s decision log, one a line, oldest first')
    .requiredOption('--from <instant>', 'from then on, like 2026-11-01 or 2026-11-01T08:00:00Z', instantOf)
    .option('--until <instant>', 'before then; until now where it is not given', instantOf)
    .option('--person <id>', 'about this person')
    .option('--machine <id>', 'about this machine')
    .option('--session <id>', 'about this session')
    .option('--action <action>', 'view, request, open, use, extend, transfer, watch_recording or export')
    .addOption(new Option('--result <result>', 'only those').choices(['allowed', 'denied']))
    .option('--code <code>', 'with this reason against it, like outside_region')
    .option('--revision <digest>', 'by this revision of the policy')
    .option('--search <text>', 'about people and machines that are called so')
    .option('--personal', 'with names, purpose, ticket and address; that you took them is recorded', false)
    .option('--out <file>', 'into this new file, and not to stdout')
    .option('--json', 'with --out: one line of JSON on stdout', false)
    .action(exportTo)
  return command
}

async function exportTo(options: ExportOptions): Promise<void> {
  const { out, json } = options
  if (json && out === undefined)
    throw new CodedError({
      code: 'usage',
      message: '--json needs --out: without it the decisions themselves go to stdout, as lines of JSON.',
      remedy: 'fix',
    })
  const client = createApiClient(await readCredentials(process.env, systemClock.nowS()))
  const path = `/api/v1/decisions/export?${queryOf(options).toString()}`
  if (out === undefined) {
    await client.download(path, async (body) => pipeline(body, process.stdout, { end: false }))
    return
  }
  const counted = countLines()
  let nextFrom: unknown
  await intoNewFile(out, (file) =>
    client.download(path, async (body, headers) => {
      nextFrom = headers[nextFromHeader]
      await pipeline(body, counted, file)
    }),
  )
  const { decisions, bytes } = counted.seen
  process.stdout.write(
    json
      ? `${JSON.stringify({ schemaVersion: 1, file: out, decisions, bytes, next_from: nextFrom })}\n`
      : `${decisions} decisions in ${out}. The next export: --from ${String(nextFrom)}\n`,
  )
}

/** What was cut off in its middle never has the name of a whole one. Names of people may be in it: nobody else on this machine reads it. */
async function intoNewFile(path: string, write: (file: Writable) => Promise<void>): Promise<void> {
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    throw new CodedError({ code: 'usage', message: `${path} is there already. Name a new file.`, remedy: 'fix' })
  const part = `${path}.part`
  const opened = await open(part, 'wx', 0o600)
  try {
    await write(opened.createWriteStream())
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

function countLines(): Transform & { readonly seen: { decisions: number; bytes: number } } {
  const seen = { decisions: 0, bytes: 0 }
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      seen.bytes += chunk.length
      for (const byte of chunk) if (byte === 0x0a) seen.decisions += 1
      pass(null, chunk)
    },
  })
  return Object.assign(counting, { seen })
}

function queryOf(options: ExportOptions): URLSearchParams {
  const { from, until, person, machine, session, action, result, code, revision, search, personal } = options
  const asked = {
    from_ms: from,
    until_ms: until,
    person,
    device: machine,
    session,
    action,
    allow: result === undefined ? undefined : String(result === 'allowed'),
    code,
    revision,
    search,
    personal: personal ? 'shown' : 'hidden',
  }
  return new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])),
  )
}

/** A day is the one of UTC: the same line means the same wherever it is run. */
function instantOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at) || at < 0) throw new InvalidArgumentError('Name an instant like 2026-11-01 (UTC) or 2026-11-01T08:00:00+01:00.')
  return at
}
