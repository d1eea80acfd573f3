import { setTimeout as pause } from 'node:timers/promises'
import { AgentError } from '../basics/agent-error.ts'
import type { AgentStatus, StatusUpdates } from '../status/agent-status.ts'
import { offerPackage } from '../updates/offer-package.ts'
import type { UpdateTrust } from '../updates/pinned-keys.ts'
import { readVersions } from '../updates/versions-record.ts'
import { toldOutcome } from './status-command.ts'

export interface UpdateCommandOptions {
  /** The package; undefined: none was named. */
  readonly from: string | undefined
  /** Come back when it lies before the operator, instead of when it is installed. */
  readonly noWait: boolean
  /** Null where `agent.json` does not say it. */
  readonly stateDir: string | null
  readonly trust: UpdateTrust | null
  /** Of this program. */
  readonly version: string
  readonly nowMs: () => number
  /** What the agent that runs says, or null. */
  readonly ask: (stateDir: string) => Promise<AgentStatus | null>
  /** Between two questions. */
  readonly everyMs: number
  readonly say: (line: string) => void
}

/**
 * Verifies a package, lays it before the running agent, and tells what becomes of it.
 *
 * @returns the exit code: 0 when it was installed, or lies before the operator
 * @throws AgentError `usage`, `no_update_keys`, and what `offerPackage` throws
 */
export async function updateCommand({
  from,
  noWait,
  stateDir,
  trust,
  version,
  nowMs,
  ask,
  everyMs,
  say,
}: UpdateCommandOptions): Promise<0 | 1> {
  if (from === undefined) throw new AgentError({ code: 'usage', message: 'update needs the package: --from FILE' })
  if (trust === null)
    throw new AgentError({
      code: 'no_update_keys',
      message:
        'This agent was built without keys for updates, so it cannot know who made one: install the new version as you installed this one.',
    })
  if (stateDir === null)
    throw new AgentError({ code: 'settings_unreadable', message: 'agent.json names no state directory. Give its path with --config.' })
  const before = await ask(stateDir)
  const { floor } = await readVersions(stateDir)
  const { release, signers } = await offerPackage(from, stateDir, { trust, running: before?.version ?? version, floor, nowMs: nowMs() })
  say(`Version ${release.version}, signed by ${signers.join(' and ')}${trust.development ? ' (development keys: worth nothing)' : ''}.`)
  if (before === null) {
    say('No agent runs: it is offered at the panel when one does.')
    return 0
  }
  if (before.updates?.consent !== 'standing') say('The operator has to agree at the panel.')
  return noWait ? 0 : follow({ sha256: release.sha256, since: before.updates?.last?.at ?? null, stateDir, ask, everyMs, say })
}

/** A version that has just started says nothing yet of the one that it tried or became. */
const mostLooks = 60

interface Followed extends Pick<UpdateCommandOptions, 'ask' | 'everyMs' | 'say'> {
  readonly sha256: string
  /** Of the outcome that was there before. */
  readonly since: number | null
  readonly stateDir: string
}

async function follow({ sha256, since, stateDir, ask, everyMs, say }: Followed): Promise<0 | 1> {
  let gone = 0
  let said = ''
  for (;;) {
    await pause(everyMs)
    // It is silent while one version makes room for the other.
    const updates = (await ask(stateDir).catch(() => null))?.updates
    if (updates === undefined) continue
    const { last, offer } = updates
    if (last !== null && last.at !== since) {
      say(toldOutcome(last))
      return last.what === 'installed' ? 0 : 1
    }
    if (offer?.sha256 === sha256) {
      if (said !== now(offer)) say((said = now(offer)))
      gone = 0
    } else if ((await readVersions(stateDir)).trial === null && (gone += 1) > mostLooks) {
      say('It is not offered any more, and nobody says why: see the panel.')
      return 1
    }
  }
}

function now({ state, waits }: NonNullable<StatusUpdates['offer']>): string {
  if (state === 'offered') return 'It waits for the operator.'
  if (state === 'installing') return 'It is being installed.'
  const reasons = {
    session: 'until nobody is in the machine',
    request: 'until the request at the panel is answered',
    offline: 'until the gateway is reached',
  }
  return `The operator agreed${waits === null ? '' : `; it waits ${reasons[waits]}`}.`
}
