import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { Session } from '../http-api/contract/sessions.ts'
import { createApiClient, type ApiClient } from './client/api-client.ts'
import { readCredentials } from './client/credentials.ts'
import { durationOf } from './client/duration.ts'
import { endedText, ownSession, untilApproved, watchSession, type Asking } from './client/own-session.ts'
import { listenForTools } from './client/tool-listener.ts'
import { printableLines } from './printable.ts'

interface ForwardOptions {
  readonly reason?: string
  readonly ticket?: string
  readonly duration: number
  readonly keep: boolean
  readonly json: boolean
}

/** A port of this computer that leads to a service of a machine, for tools of one's own (psql, ssh, a PLC's programming software). */
export const forwardCommand = (): Command =>
  new Command('forward')
    .description('lead a port of this computer to a service of a machine, once its operator allows it')
    .argument('<machine/service>', 'like press-7/plc', targetOf)
    .argument('[port]', 'port of this computer, on loopback; without it any free one', portOf)
    .option('--reason <text>', 'why; the operator reads it')
    .option('--ticket <text>', 'number of the ticket')
    .option('--duration <time>', 'how long, like 30m or 2h', durationOf, 3_600)
    .option('--keep', 'leave the session open when this command ends', false)
    .option('--json', 'one line of JSON on stdout once the port is open', false)
    .action(async ({ machine, service }: Target, port: number | undefined, options: ForwardOptions) => {
      const client = createApiClient(await readCredentials(process.env, systemClock.nowS()))
      const { reason = null, ticket = null, duration: durationS, keep, json } = options
      const asking: Asking = { machine, service, reason, ticket, durationS }
      const stopped = new AbortController()
      // SIGHUP: the window of the terminal was closed.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopped.abort())
      const { session: asked, isNew } = await ownSession(client, asking)
      const say = (text: string): void => void process.stderr.write(`${printableLines(text)}\n`)
      const lead = async (): Promise<Session | null> => {
        const session = await untilApproved(client, asked, { say, signal: stopped.signal })
        if (session === null) return null
        demandService(session.services, service, session.machine.name)
        await using tools = await listenForTools({ client, session: session.id, service, port: port ?? 0, say })
        const { id, expires_at } = session
        const open = { schemaVersion: 1, address: '127.0.0.1', port: tools.port, machine, service, session: id, expires_at }
        process.stdout.write(
          json ? `${JSON.stringify(open)}\n` : `127.0.0.1:${tools.port} leads to ${machine}/${service}. Ctrl-C ends it.\n`,
        )
        return await watchSession(client, session.id, { say, signal: stopped.signal })
      }
      let ended: Session | null = null
      try {
        ended = await lead()
      } finally {
        // However this command ends: the operator is not left with a session that nobody uses.
        if (ended === null && isNew && !keep) await endSession(client, asked.id, say)
      }
      if (ended === null) return
      say(endedText(ended))
      process.exitCode = 1
    })

const endWithinMs = 5_000

/** A gateway that does not answer keeps nobody here: the session ends by itself with its time. */
async function endSession(client: ApiClient, id: string, say: (text: string) => void): Promise<void> {
  try {
    await client.post(`/api/v1/sessions/${id}/end`, undefined, AbortSignal.timeout(endWithinMs))
  } catch (error) {
    if (isCodedError(error, 'unreachable')) say(`The session may go on: ${client.portal} did not answer. End it there.`)
  }
}

function demandService(services: readonly { readonly name: string; readonly approved: boolean }[], service: string, machine: string): void {
  if (services.some(({ name, approved }) => name === service && approved)) return
  throw new CodedError({
    code: 'service_not_approved',
    message: `Your session on ${machine} does not include ${service}. End it in the portal and ask anew.`,
    remedy: 'forbidden',
  })
}

interface Target {
  readonly machine: string
  readonly service: string
}

function targetOf(text: string): Target {
  const [, machine, service] = /^([a-z0-9.-]{1,63})\/([a-z][a-z0-9-]{0,31})$/.exec(text) ?? []
  if (machine === undefined || service === undefined)
    throw new InvalidArgumentError('Name a machine and a service of it, like press-7/plc.')
  return { machine, service }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('A port is a number from 1 to 65535.')
  return port
}
